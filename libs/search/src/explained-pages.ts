import type { Movie } from '@app/catalogue';
import type { Reason } from './pipeline/why.js';
import type { RankedAnswer, RankedHit } from './ranked-answer.js';

export interface SearchResult {
  readonly movie: Movie;
  readonly hit: RankedHit;
  readonly reasons: readonly Reason[];
}

/** Pages per answer. Most viewers see only the first. */
const maxPages = 4;

/**
 * Remembers the first explained pages of an answer for as long as the local tier holds the answer, since reasons take longer to
 * find than everything else that a cached search does.
 */
export class ExplainedPages {
  private readonly pagesByAnswer = new WeakMap<RankedAnswer, Map<string, readonly SearchResult[]>>();

  /** Returns the results of a page, created by `create` if they are not remembered. */
  async getOrCreate(
    answer: RankedAnswer,
    hits: readonly RankedHit[],
    create: () => Promise<readonly SearchResult[]>,
  ): Promise<readonly SearchResult[]> {
    const key = `${hits[0]?.id}-${hits.length}`;
    const known = this.pagesByAnswer.get(answer)?.get(key);
    if (known) return known;
    const results = await create();
    const pages = this.pagesByAnswer.get(answer) ?? new Map<string, readonly SearchResult[]>();
    // Movies are missing while the index is replaced.
    if (pages.size < maxPages && results.length === hits.length)
      this.pagesByAnswer.set(answer, pages.set(key, results));
    return results;
  }
}
