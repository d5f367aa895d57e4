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
/** TMDB serves no page beyond it. */
const lastPage = 500;

const movieSchema = z.looseObject({ id: z.int().positive() });
const pageSchema = z.object({
  results: z.array(z.looseObject({ id: z.int().positive() })),
  total_pages: z.int().nonnegative(),
});

/** TMDB's API, version 3 (developer.themoviedb.org/reference). */
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
      // Five times the largest movie that TMDB has, credits and all.
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
    const answer = await this.found(this.upstream.getJson(`/movie/${id}?${query.toString()}`, etag));
    if (!answer) return undefined;
    if (answer.status === 304) return null;
    const { data: movie } = movieSchema.safeParse(answer.body);
    if (movie?.id !== id) throw new InvalidMovieError(`the answer for movie ${id} is no such movie`);
    const text = JSON.stringify(answer.body);
    return answer.etag ? new Tagged(text, answer.etag) : text;
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
    for (let page = 1, pages = 1; page <= Math.min(pages, lastPage); page++) {
      const { body } = await this.upstream.getJson(path(page));
      const { data, error } = pageSchema.safeParse(body);
      if (!data) throw new InvalidMovieError(`page ${page} is no list (${error.issues[0]?.message})`);
      pages = data.total_pages;
      yield data.results.map(({ id }) => id);
    }
  }

  private async found<T>(answer: Promise<T>): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof UpstreamError && error.upstreamStatus === 404) return undefined;
      throw error;
    }
  }
}
