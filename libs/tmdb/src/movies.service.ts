import { Inject, Injectable } from '@nestjs/common';
import { type CacheResult, Failed, type Loaded, type Lookup, notModified } from '@app/cache';
import type { RedisBudget } from '@app/redis';
import { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
import { type MovieInput, TmdbRepository } from './tmdb.repository.js';

/** Movie details: from the cache where it has them, from the provider otherwise. */
@Injectable()
export class MoviesService {
  constructor(
    @Inject(MOVIES_PROVIDER) private readonly provider: MoviesProvider,
    private readonly repository: TmdbRepository,
  ) {}

  get source(): MoviesProvider['source'] {
    return this.provider.source;
  }

  get providerDescription(): string {
    return this.provider.description;
  }

  /**
   * Returns the movie's JSON; without a value where there is none.
   *
   * @param language as `toMovieLanguage` returns it; TMDB_LANGUAGE by default
   * @throws UpstreamError, InvalidMovieError
   */
  async get(budget: RedisBudget, id: number, language?: string): Promise<CacheResult<string>> {
    const [answer] = await this.getMany(budget, [id], language);
    if (answer?.error) throw answer.error;
    return answer as CacheResult<string>;
  }

  /** Returns one answer an id, in order. What could not be loaded is an answer with the outcome `error`. */
  getMany(budget: RedisBudget, ids: readonly number[], language?: string): Promise<CacheResult<string>[]> {
    const served = this.provider.languageOf(language);
    const movies = ids.map((id) => ({ id, language: served }));
    const load = (missing: readonly Lookup<MovieInput, string>[]): Promise<Loaded<string>[]> =>
      Promise.all(missing.map((lookup) => this.load(lookup)));
    return this.repository.getOrLoad(movies, load, { budget });
  }

  private async load({ input, previous }: Lookup<MovieInput, string>): Promise<Loaded<string>> {
    try {
      const { id, language } = input;
      const movie = await this.provider.movie(id, { etag: previous?.etag, language });
      return movie === null ? notModified : movie;
    } catch (error) {
      return new Failed(error as Error);
    }
  }
}
