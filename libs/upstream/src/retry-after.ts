/**
 * Parses a `Retry-After` value (RFC 9110, section 10.2.3) and returns the delay in milliseconds, or undefined if the value is
 * neither a number of seconds nor an HTTP date.
 */
export function parseRetryAfterMs(value: string | undefined, nowMs = Date.now()): number | undefined {
  if (value === undefined) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(value)) return Number(value) * 1000;
  const dateMs = Date.parse(value);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - nowMs);
}
