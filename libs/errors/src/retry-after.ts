/** Returns a duration in whole seconds, rounded up and at least 1, for `retryAfterSeconds`. */
export const toRetryAfterSeconds = (ms: number): number => Math.max(1, Math.ceil(ms / 1000));
