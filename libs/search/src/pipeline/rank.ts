import type { Movie } from '@app/catalogue';
import type { Candidate } from '../movie-index/movie-index.js';
import { Scorer, type ScoreParts } from './score-parts.js';
import type { SearchPlan } from './search-plan.js';

export interface Ranked {
  readonly candidate: Candidate;
  readonly movie: Movie;
  /** The sum of the parts. */
  readonly score: number;
  readonly parts: ScoreParts;
}

/**
 * Orders candidates by the order that the viewer asked for, and by a score: the fused retrievals, with titles first and
 * bounded boosts. Leaves out movies with an excluded theme.
 *
 * @param references the movies that results should resemble
 * @param trendingRankOf the rank of a trending movie, starting at 1
 */
export function rank(
  candidates: readonly Candidate[],
  plan: SearchPlan,
  references: readonly Movie[],
  trendingRankOf: (id: number) => number | undefined,
): Ranked[] {
  const scorer = new Scorer(candidates, plan, references, trendingRankOf);
  return candidates
    .flatMap((candidate): Ranked[] => {
      const parts = scorer.partsOf(candidate);
      if (!parts) return [];
      const score = Object.values(parts).reduce((sum, part) => sum + part, 0);
      return [{ candidate, movie: candidate.movie, score, parts }];
    })
    .toSorted((a, b) => compare(a, b, plan.sort) || b.score - a.score || a.movie.id - b.movie.id);
}

/** Compares in the order that the viewer asked for; 0 leaves the order to the score. */
function compare({ movie: a }: Ranked, { movie: b }: Ranked, sort: SearchPlan['sort']): number {
  switch (sort) {
    case 'newest':
      return b.releaseDate.localeCompare(a.releaseDate);
    case 'oldest':
      return a.releaseDate.localeCompare(b.releaseDate);
    case 'rating':
      return (b.voteAverage ?? 0) - (a.voteAverage ?? 0);
    case 'popularity':
      return (b.popularity ?? 0) - (a.popularity ?? 0);
    case 'relevance':
      return 0;
  }
}
