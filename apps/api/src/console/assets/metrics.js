/** Prometheus' text format: name → list of { labels, value }. */
export function parseMetrics(text) {
  const families = new Map();
  for (const line of text.split('\n')) {
    const match = /^([a-z_:][\w:]*)(?:\{(.*)\})? (\S+)$/i.exec(line);
    if (!match) continue;
    const [, name, labelText = '', value] = match;
    const labels = {};
    for (const [, label, content] of labelText.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g))
      labels[label] = content;
    if (!families.has(name)) families.set(name, []);
    families.get(name).push({ labels, value: Number(value) });
  }
  return families;
}

/** The sum of a family's values, of those that match. */
export function sum(families, name, matches = () => true) {
  let total = 0;
  for (const { labels, value } of families.get(name) ?? []) if (matches(labels)) total += value;
  return total;
}

/** By how much a sum grew a second between two readings; a restart counts as none. */
export function rate(before, after, name, matches) {
  if (!before) return null;
  const grown = sum(after.families, name, matches) - sum(before.families, name, matches);
  return grown < 0 ? null : (1000 * grown) / (after.atMs - before.atMs);
}

/** A quantile of a histogram between two readings, by interpolation within its bucket, in the histogram's unit. */
export function quantile(before, after, name, share, matches = () => true) {
  if (!before) return null;
  const bounds = new Map();
  const add = (reading, sign) => {
    for (const { labels, value } of reading.families.get(`${name}_bucket`) ?? []) {
      if (!matches(labels)) continue;
      const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
      bounds.set(bound, (bounds.get(bound) ?? 0) + sign * value);
    }
  };
  add(after, 1);
  add(before, -1);
  const sorted = [...bounds].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = share * total;
  let [lower, below] = [0, 0];
  for (const [bound, count] of sorted) {
    if (count >= rank) {
      if (bound === Infinity) return lower;
      return lower + ((bound - lower) * (rank - below)) / Math.max(1, count - below);
    }
    [lower, below] = [bound, count];
  }
  return lower;
}
