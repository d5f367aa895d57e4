import { createHash } from 'node:crypto';
import type { Catalogue, Film } from '@app/catalogue';
import type { MoviesProvider } from '../movies-provider.js';
import { toTmdbMovie } from './tmdb-movie.js';

const dayMs = 86_400_000;

/** The bundled films in TMDB's shape, offline. */
export class CatalogueMoviesProvider implements MoviesProvider {
  readonly source = 'catalogue';

  constructor(private readonly catalogue: Catalogue) {}

  get description(): string {
    return `bundled catalogue (${this.catalogue.films.length} films up to 2010, offline)`;
  }

  movie(id: number): Promise<string | undefined> {
    const film = this.catalogue.find(id);
    return Promise.resolve(film && JSON.stringify(toTmdbMovie(film)));
  }

  /** The catalogue is in English alone. */
  languageOf(): undefined {
    return undefined;
  }

  /** Known films, by their votes, shuffled a little differently every day or week. */
  trending(window: 'day' | 'week', count: number): Promise<readonly number[]> {
    const period = `${window} ${Math.floor(Date.now() / (window === 'day' ? dayMs : 7 * dayMs))}`;
    const ranked = this.catalogue.films
      .map((film) => ({ id: film.id, score: (film.voteCount ?? 0) * liking(film, period) }))
      .toSorted((a, b) => b.score - a.score);
    return Promise.resolve(ranked.slice(0, count).map(({ id }) => id));
  }

  /** It never changes. */
  async *changes(): AsyncGenerator<readonly number[]> {
    yield await Promise.resolve([]);
  }
}

/** From 0 to 1, the same for a film all through a period. */
function liking({ id }: Film, period: string): number {
  return createHash('sha256').update(`${period} ${id}`).digest().readUInt32BE() / 0xffff_ffff;
}
