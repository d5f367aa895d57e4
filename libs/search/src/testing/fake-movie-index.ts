import type { Movie } from '@app/catalogue';
import type { Constraints } from '../movie-index/constraints.js';
import type {
  Candidate,
  IndexAnswer,
  IndexQuery,
  IndexStats,
  MovieIndex,
  Suggestion,
} from '../movie-index/movie-index.js';

/** Retrieves all movies that `admits` admits, best known first, and records the queries. */
export class FakeMovieIndex implements MovieIndex {
  readonly queries: IndexQuery[] = [];
  version = 'v1';
  /** Decides in place of the constraints; movies of `excludedIds` are never found. */
  admits: (movie: Movie, constraints: Constraints) => boolean = () => true;
  readonly vectors = new Map<number, Float32Array>();

  constructor(public movies: readonly Movie[]) {}

  search(query: IndexQuery): Promise<IndexAnswer> {
    this.queries.push(query);
    const { constraints, titles, vector } = query;
    const found = this.movies.filter(
      (movie) => this.admits(movie, constraints) && !constraints.excludedIds.has(movie.id),
    );
    const candidates = found.map((movie, index): Candidate => ({
      movie,
      known: { rank: index + 1, score: 1 },
      ...(titles.includes(movie.title) && { title: { rank: 1, score: 1 } }),
      ...(vector && { meaning: { rank: index + 1, score: 0.9 } }),
      words: { rank: index + 1, score: 1, matched: [], coverage: 1 },
    }));
    return Promise.resolve({ candidates, matching: candidates.length, unknownWords: 0 });
  }

  get(ids: readonly number[]): Promise<readonly Movie[]> {
    return Promise.resolve(ids.flatMap((id) => this.movies.find((movie) => movie.id === id) ?? []));
  }

  vectorOf(id: number): Promise<Float32Array | undefined> {
    return Promise.resolve(this.vectors.get(id));
  }

  stats(): Promise<IndexStats> {
    return Promise.resolve({
      version: this.version,
      source: 'catalogue',
      updatedAt: new Date(0),
      model: 'model',
      dimensions: 2,
      movies: this.movies.length,
    });
  }

  suggest(prefix: string): Promise<readonly Suggestion[]> {
    return Promise.resolve([{ kind: 'person', text: prefix }]);
  }

  replace(): Promise<void> {
    return Promise.reject(new Error('The fake index does not change'));
  }

  upsert(): Promise<void> {
    return this.replace();
  }

  delete(): Promise<void> {
    return this.replace();
  }
}
