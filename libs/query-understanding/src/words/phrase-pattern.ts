/**
 * Returns the source of a pattern that matches any of the phrases; earlier phrases take precedence. In a phrase,
 * `(a|b)` lists alternatives and `?` makes the preceding group or letter optional.
 */
export function anyOf(phrases: readonly string[]): string {
  return `(?:${phrases.join('|').replace(/\((?!\?)/g, '(?:')})`;
}
