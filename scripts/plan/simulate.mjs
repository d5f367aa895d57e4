// How much of Zipf traffic an LRU cache answers, by how much of what is asked for fits.
import { LRUCache } from 'lru-cache';

/** A generator of pseudo-random numbers from 0 to 1, the same at every run (mulberry32). */
export function seeded(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Draws ranks 0 to `distinct` - 1 with a probability of 1 / (rank + 1) ** exponent. */
export function zipf(distinct, exponent, random) {
  const cumulative = new Float64Array(distinct);
  let total = 0;
  for (let rank = 0; rank < distinct; rank++) cumulative[rank] = total += (rank + 1) ** -exponent;
  return () => {
    const wanted = random() * total;
    let [low, high] = [0, distinct - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (cumulative[middle] < wanted) low = middle + 1;
      else high = middle;
    }
    return low;
  };
}

/**
 * The share of hits once the cache is warm. Large worlds are scaled down with their capacity: what counts is the share that
 * fits.
 *
 * @param distinct different texts that are ever asked for
 * @param capacity entries that fit
 */
export function hitRate(distinct, capacity, exponent, random = seeded(1)) {
  const scale = Math.min(1, 200_000 / distinct);
  const [world, room] = [Math.max(1, Math.round(distinct * scale)), Math.round(capacity * scale)];
  if (room < 1) return 0;
  const draw = zipf(world, exponent, random);
  const cache = new LRUCache({ max: Math.min(room, world) });
  const requests = 3 * world;
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
