import { loadScript } from './redis-script.js';

/**
 * Deletes a lock's key if it still holds the caller's token, so that a caller whose lock has expired cannot release
 * another's.
 *
 * ```ts
 * redis.register(releaseLock);
 * await redis.run(budget, releaseLock, { keys: [lock], args: [token] }); // 1 if it was released, otherwise 0
 * ```
 */
export const releaseLock = loadScript('release-lock-1', new URL('./release-lock-1.lua', import.meta.url));
