/**
 * Settles like the promise, or after `timeoutMs` with what `onTimeout` returns or throws. The promise is not canceled: it may
 * still settle later, and its late rejection is ignored.
 *
 * ```ts
 * const body = await withTimeout(response.text(), 1_000, () => {
 *   throw new Error('The body did not arrive in time');
 * });
 * ```
 */
export function withTimeout<T, R>(
  promise: Promise<T>,
  timeoutMs: number,
  onTimeout: () => R,
): Promise<T | R> {
  return new Promise<T | R>((resolve, reject) => {
    const timer = setTimeout(() => {
      try {
        resolve(onTimeout());
      } catch (error) {
        reject(error);
      }
    }, timeoutMs);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
