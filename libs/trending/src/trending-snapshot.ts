import { inSlices } from './in-slices.js';
import type { TrendingGeneration, TrendingSummary } from './trending.repository.js';

/** The trending movies at one moment. */
export interface Trending {
  /** Most trending first; in ascending order if another program wrote the set. */
  readonly ids: readonly number[];
  /** Returns the rank of a movie, starting at 1, or undefined if it is not trending. */
  rankOf(id: number): number | undefined;
  readonly source: string | null;
  /** Null if another program wrote the set. */
  readonly updatedAtMs: number | null;
  /** True if Redis could not confirm that the set is still current. */
  readonly isStale: boolean;
}

/** A generation with the rank of each id. */
export interface TrendingSnapshot extends TrendingGeneration {
  readonly ranks: ReadonlyMap<number, number>;
}

export async function toSnapshot(generation: TrendingGeneration): Promise<TrendingSnapshot> {
  const ranks = new Map<number, number>();
  await inSlices(generation.ids, (id, index) => ranks.set(id, index + 1));
  return { ...generation, ranks };
}

/**
 * Returns whether a snapshot still matches what Redis holds. A set that another program wrote has no generation, so its
 * size and a few of its ids are compared too.
 */
export function isCurrent(
  snapshot: TrendingSnapshot,
  { generation, count, sample }: TrendingSummary,
): boolean {
  return (
    snapshot.generation === generation &&
    snapshot.ids.length === count &&
    sample.every((id) => snapshot.ranks.has(id))
  );
}

/** Like `isCurrent`, for a generation without ranks. Never matches a set that another program wrote. */
export function isDescribedBy(
  known: TrendingGeneration,
  { generation, count, sample }: TrendingSummary,
): boolean {
  return (
    generation !== null &&
    known.generation === generation &&
    known.ids.length === count &&
    sample.every((id) => known.ids.includes(id))
  );
}

export function toTrending(
  { ids, ranks, source, updatedAtMs }: TrendingSnapshot,
  isStale: boolean,
): Trending {
  return { ids, source, updatedAtMs, isStale, rankOf: (id) => ranks.get(id) };
}
