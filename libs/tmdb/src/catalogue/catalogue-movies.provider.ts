import { createHash } from 'node:crypto';
import type { Catalogue, Movie } from '@app/catalogue';
import type { MoviesProvider } from '../movies-provider.js';
import { toTmdbMovie } from './tmdb-movie.js';

const dayMs = 86_400_000;
/** The weight of a unit of popularity relative to chance. */
const popularityBase = 3;
/** A movie of this age in years is half as likely to trend as a new one. */
const halfLifeYears = 8;

/** Serves the bundled movies offline, in TMDB's format. */
export class CatalogueMoviesProvider implements MoviesProvider {
  readonly source = 'catalogue';

  constructor(private readonly catalogue: Catalogue) {}

  get description(): string {
    return `bundled catalogue (${this.catalogue.movies.length} movies, offline)`;
  }

  movie(id: number): Promise<string | undefined> {
    const movie = this.catalogue.find(id);
    return Promise.resolve(movie && JSON.stringify(toTmdbMovie(movie)));
  }

  /** The catalogue is in English only. */
  languageOf(): undefined {
    return undefined;
  }

  /** Returns popular and recent movies first, in an order that changes every day or week. */
  trending(window: 'day' | 'week', count: number): Promise<readonly number[]> {
    const period = Math.floor(Date.now() / (window === 'day' ? dayMs : 7 * dayMs));
    const year = new Date().getUTCFullYear();
    const ranked = this.catalogue.movies
      .map((movie) => ({
        id: movie.id,
        score: expectedViews(movie, year) * chance(movie, `${window} ${period}`),
      }))
      .toSorted((a, b) => b.score - a.score);
    return Promise.resolve(ranked.slice(0, count).map(({ id }) => id));
  }

  /** The catalogue never changes. */
  async *changes(): AsyncGenerator<readonly number[]> {
    yield await Promise.resolve([]);
  }
}

function expectedViews({ popularity = 1, releaseDate }: Movie, year: number): number {
  const ageYears = Math.max(0, year - Number(releaseDate.slice(0, 4)));
  return popularityBase ** popularity * 2 ** (-ageYears / halfLifeYears);
}

/** Returns a number from 0 to 1 that is constant for a movie during a period. */
function chance({ id }: Movie, period: string): number {
  return createHash('sha256').update(`${period} ${id}`).digest().readUInt32BE() / 0xffff_ffff;
}
