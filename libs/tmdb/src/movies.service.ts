import { Inject, Injectable } from '@nestjs/common';
import { type CacheAnswer, Failed, type Loaded, notModified, type Previous } from '@app/cache';
import type { RedisBudget } from '@app/redis';
import { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
import { TmdbRepository } from './tmdb.repository.js';

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
  async get(budget: RedisBudget, id: number, language?: string): Promise<CacheAnswer<string>> {
    const [answer] = await this.getMany(budget, [id], language);
    if (answer?.error) throw answer.error;
    return answer as CacheAnswer<string>;
  }

  /** Returns one answer an id, in order. What could not be loaded is an answer with the outcome `error`. */
  getMany(budget: RedisBudget, ids: readonly number[], language?: string): Promise<CacheAnswer<string>[]> {
    const served = this.provider.languageOf(language);
    return this.repository.getOrLoad(budget, { ids, language: served }, (positions, previous) =>
      Promise.all(
        positions.map((position, index) => this.load(ids[position] as number, served, previous[index])),
      ),
    );
  }

  private async load(
    id: number,
    language: string | undefined,
    previous: Previous<string> | undefined,
  ): Promise<Loaded<string>> {
    try {
      const movie = await this.provider.movie(id, { etag: previous?.etag, language });
      return movie === null ? notModified : movie;
    } catch (error) {
      return new Failed(error as Error);
    }
  }
}
