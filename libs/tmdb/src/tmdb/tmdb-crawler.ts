import type { OnApplicationShutdown } from '@nestjs/common';
import type { MarqueeConfig, TmdbConfig } from '@app/config';
import { UpstreamClient, UpstreamError } from '@app/upstream';
import { z } from 'zod';
import { InvalidMovieError } from '../movies.errors.js';
import type { TmdbPace } from './tmdb-pace.js';

/** Few, so that viewers' requests wait at most for these when the request rate is exhausted. */
const maxConcurrency = 4;
/** The last page that TMDB serves. */
const maxPage = 500;
const appended = 'credits,keywords,release_dates';

const pageSchema = z.object({
  results: z.array(z.looseObject({ id: z.int().positive(), vote_count: z.number().optional() })),
  total_pages: z.int().nonnegative(),
});

type Page = z.infer<typeof pageSchema>;

/** Lists of TMDB that are not sorted by votes. */
export type MovieList = '/trending/movie/day' | '/trending/movie/week' | '/movie/popular';

/**
 * Reads TMDB in bulk, for the search index: within the request rate of the fleet, with few requests at a time, and without the
 * movie cache.
 */
export class TmdbCrawler implements OnApplicationShutdown {
  private readonly upstream: UpstreamClient;
  private readonly language: string;

  constructor(config: MarqueeConfig, tmdb: TmdbConfig, pace: TmdbPace) {
    this.language = config.movies.language;
    this.upstream = new UpstreamClient({
      name: `TMDB at ${new URL(tmdb.baseUrl).host}`,
      baseUrl: tmdb.baseUrl,
      bearerToken: tmdb.accessToken,
      ...config.upstream,
      concurrency: maxConcurrency,
      pace,
    });
  }

  /**
   * Returns the ids of the movies with the most votes, the most voted first. TMDB serves only 500 pages of a list, so after
   * them, the list continues with the movies that have at most as many votes as the last one.
   *
   * @param onPage receives the number of ids so far
   * @throws UpstreamError, InvalidMovieError, and the signal's reason
   */
  async mostVoted(count: number, signal: AbortSignal, onPage: (ids: number) => void): Promise<number[]> {
    const ids = new Set<number>();
    for (let maxVotes: number | undefined; ids.size < count;) {
      const known = ids.size;
      let last: number | undefined;
      for await (const { results } of this.pages('/discover/movie', this.mostVotedQuery(maxVotes))) {
        signal.throwIfAborted();
        for (const { id } of results) ids.add(id);
        last = results.at(-1)?.vote_count ?? last;
        onPage(ids.size);
        if (ids.size >= count) break;
      }
      // The list has ended, or more movies than it can hold have the same number of votes.
      if (ids.size === known || last === undefined || last === maxVotes) break;
      maxVotes = last;
    }
    return [...ids].slice(0, count);
  }

  /** Returns at most `count` ids of a list. @throws UpstreamError, InvalidMovieError */
  async listed(list: MovieList, count: number): Promise<number[]> {
    const ids: number[] = [];
    for await (const { results } of this.pages(list, { language: this.language })) {
      ids.push(...results.map(({ id }) => id));
      if (ids.length >= count) break;
    }
    return ids.slice(0, count);
  }

  /** Returns a movie's details as TMDB's JSON; undefined if there is no such movie. @throws UpstreamError */
  async details(id: number): Promise<unknown> {
    const query = new URLSearchParams({ append_to_response: appended, language: this.language });
    try {
      return (await this.upstream.getJson(`/movie/${id}?${query.toString()}`)).body;
    } catch (error) {
      if (error instanceof UpstreamError && error.upstreamStatus === 404) return undefined;
      throw error;
    }
  }

  /** Returns the ids of movies that changed between two UTC dates (YYYY-MM-DD, inclusive, 14 days at most). @throws UpstreamError */
  async changed(from: string, to: string): Promise<Set<number>> {
    const ids = new Set<number>();
    for await (const { results } of this.pages('/movie/changes', { start_date: from, end_date: to }))
      for (const { id } of results) ids.add(id);
    return ids;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.upstream.close();
  }

  private mostVotedQuery(maxVotes: number | undefined): Record<string, string> {
    return {
      sort_by: 'vote_count.desc',
      include_adult: 'false',
      language: this.language,
      ...(maxVotes === undefined ? {} : { 'vote_count.lte': `${maxVotes}` }),
    };
  }

  private async *pages(path: string, query: Record<string, string>): AsyncGenerator<Page> {
    for (let page = 1, pages = 1; page <= Math.min(pages, maxPage); page++) {
      const parameters = new URLSearchParams({ ...query, page: `${page}` });
      const { body } = await this.upstream.getJson(`${path}?${parameters.toString()}`);
      const { data, error } = pageSchema.safeParse(body);
      if (!data) throw new InvalidMovieError(`page ${page} of ${path}: ${error.issues[0]?.message}`);
      pages = data.total_pages;
      yield data;
    }
  }
}

/** The injection token of the {@link TmdbCrawler}; undefined without TMDB. */
export const TMDB_CRAWLER = Symbol('TMDB_CRAWLER');
