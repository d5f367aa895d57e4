import type { Understanding } from '@app/query-understanding';
import type { Facets } from './pipeline/facets.js';
import type { ScoreParts } from './pipeline/score-parts.js';
import type { Relaxation } from './pipeline/search-plan.js';

/** What a search could not use. Its results are complete, but may be ranked less well. */
export const degradations = ['understanding', 'embeddings', 'trending', 'rerank'] as const;
export type Degradation = (typeof degradations)[number];

/** A found movie. Cached by the hundred, so it holds numbers alone. */
export interface RankedHit {
  readonly id: number;
  readonly score: number;
  /** Cosine similarity to the query; null for a movie that was not retrieved by meaning. */
  readonly similarity: number | null;
  readonly trendingRank: number | null;
  readonly parts: ScoreParts;
}

/** All that was found, in order, as it is cached. Pages and reasons are derived from it. */
export interface RankedAnswer {
  /** Null for movies similar to a movie. */
  readonly understanding: Understanding | null;
  /** How many movies were found. `hits` lists at most `maxHits` of them. */
  readonly total: number;
  readonly hits: readonly RankedHit[];
  /** The titles of the movies that the results resemble. */
  readonly references: readonly string[];
  readonly facets: Facets;
  readonly relaxed: readonly Relaxation[];
  readonly degraded: readonly Degradation[];
}

/** Returns whether a cached value has the shape of an answer. Its members were written by this version of the program. */
export const isRankedAnswer = (value: unknown): value is RankedAnswer => {
  const { hits, total, facets, relaxed, degraded } = (value ?? {}) as Partial<RankedAnswer>;
  return (
    Array.isArray(hits) &&
    Number.isSafeInteger(total) &&
    typeof facets === 'object' &&
    Array.isArray(relaxed) &&
    Array.isArray(degraded)
  );
};
