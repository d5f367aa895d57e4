import { Inject, Injectable } from '@nestjs/common';
import { type CacheResult, Failed, type Loaded, type Lookup, notModified } from '@app/cache';
import type { RedisBudget } from '@app/redis';
import { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
import { type MovieInput, TmdbRepository } from './tmdb.repository.js';

/** Returns movie details from the cache or, if missing, from the provider. */
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
   * Returns the movie's JSON; the result has no value if the movie does not exist.
   *
   * @param language a language that `toMovieLanguage` returned; TMDB_LANGUAGE by default
   * @throws UpstreamError, InvalidMovieError
   */
  async get(budget: RedisBudget, id: number, language?: string): Promise<CacheResult<string>> {
    const [result] = await this.getMany(budget, [id], language);
    if (result?.error) throw result.error;
    return result as CacheResult<string>;
  }

  /** Returns one result for each id, in order. Movies that cannot be loaded have the outcome `error`. */
  getMany(budget: RedisBudget, ids: readonly number[], language?: string): Promise<CacheResult<string>[]> {
    const requested = this.provider.languageOf(language);
    const movies = ids.map((id) => ({ id, language: requested }));
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
