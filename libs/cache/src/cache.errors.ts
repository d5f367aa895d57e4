/** A load took longer than its namespace lets a caller wait. It goes on and fills the cache. */
export class CacheLoadTimeoutError extends Error {
  constructor(
    readonly namespace: string,
    readonly timeoutMs: number,
  ) {
    super(`Loading "${namespace}" took longer than ${timeoutMs} ms`);
    this.name = CacheLoadTimeoutError.name;
  }
}
