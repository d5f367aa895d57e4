export { createCache, type TestCache } from './create-cache.js';
