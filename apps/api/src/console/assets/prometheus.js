/** Parses the Prometheus text format into a map from metric name to samples ({ labels, value }). */
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

/** Returns the sum of a metric's samples whose labels match. */
export function sum(families, name, matches = () => true) {
  let total = 0;
  for (const { labels, value } of families.get(name) ?? []) if (matches(labels)) total += value;
  return total;
}

/** Returns a counter's increase per second between two snapshots, or null after a restart. */
export function rate(before, after, name, matches) {
  if (!before) return null;
  const increase = sum(after.families, name, matches) - sum(before.families, name, matches);
  return increase < 0 ? null : (1000 * increase) / (after.atMs - before.atMs);
}

/** Estimates a quantile of a histogram between two snapshots by interpolating within its bucket. */
export function quantile(before, after, name, q, matches = () => true) {
  if (!before) return null;
  const buckets = new Map();
  const add = (snapshot, sign) => {
    for (const { labels, value } of snapshot.families.get(`${name}_bucket`) ?? []) {
      if (!matches(labels)) continue;
      const bound = labels.le === '+Inf' ? Infinity : Number(labels.le);
      buckets.set(bound, (buckets.get(bound) ?? 0) + sign * value);
    }
  };
  add(after, 1);
  add(before, -1);
  const sorted = [...buckets].sort(([a], [b]) => a - b);
  const total = sorted.at(-1)?.[1] ?? 0;
  if (total <= 0) return null;
  const rank = q * total;
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
