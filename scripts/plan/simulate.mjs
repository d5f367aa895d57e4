// Simulates the hit rate of an LRU cache under Zipf traffic.
import { LRUCache } from 'lru-cache';

/** Returns a deterministic generator of pseudo-random numbers from 0 to 1 (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Returns a function that draws ranks 0 to `distinct` - 1 with a probability of 1 / (rank + 1) ** exponent. */
export function zipf(distinct, exponent, random) {
  const cumulative = new Float64Array(distinct);
  let total = 0;
  for (let rank = 0; rank < distinct; rank++) cumulative[rank] = total += (rank + 1) ** -exponent;
  return () => {
    const target = random() * total;
    let [low, high] = [0, distinct - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < target) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * Returns the hit rate of a warm cache. Large populations are scaled down together with the capacity, since only the ratio
 * matters.
 *
 * @param distinct number of distinct texts
 * @param capacity number of entries that fit in the cache
 */
export function hitRate(distinct, capacity, exponent, random = seeded(1)) {
  const scale = Math.min(1, 200_000 / distinct);
  const [population, slots] = [Math.max(1, Math.round(distinct * scale)), Math.round(capacity * scale)];
  if (slots < 1) return 0;
  const draw = zipf(population, exponent, random);
  const cache = new LRUCache({ max: Math.min(slots, population) });
  const requests = 3 * population;
  let [hits, counted] = [0, 0];
  for (let index = 0; index < 2 * requests; index++) {
    const rank = draw();
    const isWarm = index >= requests;
    if (isWarm) counted++;
    if (cache.get(rank)) hits += isWarm ? 1 : 0;
    else cache.set(rank, true);
  }
  return hits / counted;
}
