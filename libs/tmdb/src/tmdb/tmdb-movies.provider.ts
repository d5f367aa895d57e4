import type { OnApplicationShutdown } from '@nestjs/common';
import { Tagged } from '@app/cache';
import type { MarqueeConfig, TmdbConfig } from '@app/config';
import { UpstreamClient, UpstreamError } from '@app/upstream';
import { z } from 'zod';
import { InvalidMovieError } from '../movies.errors.js';
import { toMovieLanguage } from '../movie-language.js';
import type { MovieRequest, MoviesProvider } from '../movies-provider.js';
import type { TmdbPace } from './tmdb-pace.js';

const appended = 'credits,videos,release_dates';
/** The last page that TMDB serves. */
const maxPage = 500;

const movieSchema = z.looseObject({ id: z.int().positive() });
const pageSchema = z.object({
  results: z.array(z.looseObject({ id: z.int().positive() })),
  total_pages: z.int().nonnegative(),
});

/** Loads movies from TMDB's API version 3 (developer.themoviedb.org/reference). */
export class TmdbMoviesProvider implements MoviesProvider, OnApplicationShutdown {
  readonly source = 'tmdb';
  readonly description: string;
  private readonly upstream: UpstreamClient;
  private readonly language: string;

  constructor(config: MarqueeConfig, tmdb: TmdbConfig, pace: TmdbPace) {
    const { host } = new URL(tmdb.baseUrl);
    this.language = config.movies.language;
    this.description = `TMDB (${host}, ${this.language})`;
    this.upstream = new UpstreamClient({
      name: `TMDB at ${host}`,
      baseUrl: tmdb.baseUrl,
      bearerToken: tmdb.accessToken,
      ...config.upstream,
      // Five times the size of TMDB's largest movie, including credits.
      maxResponseBytes: 2 * 1024 * 1024,
      pace,
    });
  }

  languageOf(language: string | undefined): string | undefined {
    return language === toMovieLanguage(this.language) ? undefined : language;
  }

  async movie(
    id: number,
    { etag, language = this.language }: MovieRequest = {},
  ): Promise<string | Tagged<string> | undefined | null> {
    const query = new URLSearchParams({ append_to_response: appended, language });
    const response = await this.unlessNotFound(
      this.upstream.getJson(`/movie/${id}?${query.toString()}`, etag),
    );
    if (!response) return undefined;
    if (response.status === 304) return null;
    const { data: movie } = movieSchema.safeParse(response.body);
    if (movie?.id !== id) throw new InvalidMovieError(`the response for movie ${id} is not that movie`);
    const text = JSON.stringify(response.body);
    return response.etag ? new Tagged(text, response.etag) : text;
  }

  async trending(window: 'day' | 'week', count: number): Promise<readonly number[]> {
    const ids = new Set<number>();
    const query = (page: number) => new URLSearchParams({ language: this.language, page: `${page}` });
    for await (const page of this.pages(
      (number) => `/trending/movie/${window}?${query(number).toString()}`,
    )) {
      for (const id of page) ids.add(id);
      if (ids.size >= count) break;
    }
    return [...ids].slice(0, count);
  }

  changes(from: string, to: string): AsyncIterable<readonly number[]> {
    const query = (page: number) => new URLSearchParams({ start_date: from, end_date: to, page: `${page}` });
    return this.pages((number) => `/movie/changes?${query(number).toString()}`);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.upstream.close();
  }

  private async *pages(path: (page: number) => string): AsyncGenerator<readonly number[]> {
    for (let page = 1, pages = 1; page <= Math.min(pages, maxPage); page++) {
      const { body } = await this.upstream.getJson(path(page));
      const { data, error } = pageSchema.safeParse(body);
      if (!data) throw new InvalidMovieError(`page ${page} is not a list (${error.issues[0]?.message})`);
      pages = data.total_pages;
      yield data.results.map(({ id }) => id);
    }
  }

  /** Resolves to undefined if the upstream responds with 404. */
  private async unlessNotFound<T>(response: Promise<T>): Promise<T | undefined> {
    try {
      return await response;
    } catch (error) {
      if (error instanceof UpstreamError && error.upstreamStatus === 404) return undefined;
      throw error;
    }
  }
}
