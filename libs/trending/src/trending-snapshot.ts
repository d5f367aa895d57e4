import { inSlices } from './in-slices.js';
import type { TrendingGeneration, TrendingGlance } from './trending.repository.js';

/** Trending movies as of one moment. */
export interface Trending {
  /** Most trending first; of another program's set, by number. */
  readonly ids: readonly number[];
  /** Position of an id, from 1; undefined where it is not trending. */
  rankOf(id: number): number | undefined;
  readonly source: string | null;
  /** Null where another program wrote the set. */
  readonly updatedAtMs: number | null;
  /** True where Redis could not confirm that this is still current. */
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

/** Another program's set has no generation: its number and a few of its ids must do. */
export function isSame(snapshot: TrendingSnapshot, { generation, count, sample }: TrendingGlance): boolean {
  return (
    snapshot.generation === generation &&
    snapshot.ids.length === count &&
    sample.every((id) => snapshot.ranks.has(id))
  );
}

/** The same of a generation without ranks. Another program's set may stand beside our own meta. */
export function isGlimpseOf(
  known: TrendingGeneration,
  { generation, count, sample }: TrendingGlance,
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
