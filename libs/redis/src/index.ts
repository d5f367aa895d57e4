export { RedisBudget } from './budget/redis-budget.js';
export { RedisHealthIndicator, type RedisStatus } from './health/redis.health-indicator.js';
export { encodeKeyPart, KeySpace, shared, SharedPart } from './keys/key-space.js';
export { miss, ok, type Outcome } from './outcome.js';
export { type RedisArgument, RedisClient, type ScriptCall } from './redis-client.js';
export { type RedisFault, RedisStartupError } from './redis.errors.js';
export { RedisModule } from './redis.module.js';
export { loadScript, type RedisScript } from './scripts/redis-script.js';
