/**
 * Returns the optimal string alignment distance of two texts: insertions, deletions, substitutions and swaps of neighbors.
 * Stops early and returns `max + 1` where it is above `max`.
 */
export function editDistance(a: string, b: string, max: number): number {
  if (Math.abs(a.length - b.length) > max) return max + 1;
  const distances = distancesToPrefixes(a, b, max);
  return Math.min(distances?.[b.length] ?? max + 1, max + 1);
}

/** Returns the distance of a prefix to the nearest beginning of a text; `max + 1` where it is above `max`. */
export function prefixDistance(prefix: string, text: string, max: number): number {
  const distances = distancesToPrefixes(prefix, text.slice(0, prefix.length + max), max);
  return Math.min(...(distances ?? []), max + 1);
}

/** Returns the distance of `a` to each prefix of `b`, by length; undefined if all of them are above `max`. */
function distancesToPrefixes(a: string, b: string, max: number): number[] | undefined {
  let before: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(
        (previous[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (previous[j - 1] as number) + cost,
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, (before[j - 2] as number) + 1);
      }
      row.push(value);
      best = Math.min(best, value);
    }
    if (best > max) return undefined;
    before = previous;
    previous = row;
  }
  return previous;
}
