export { type TestHooks, type TestRedis, startTestRedis, useTestRedis } from './test-redis.js';
