import type { Movie } from '@app/catalogue';
import type {
  IndexAnswer,
  IndexDescription,
  IndexedMovie,
  IndexQuery,
  IndexSnapshot,
  IndexStats,
  MovieIndex,
  Suggestion,
} from '../movie-index/movie-index.js';
import { IndexNotLoadedError } from '../search.errors.js';
import { MovieTable } from './movie-table.js';

/** Returns the next contents, given the current movies. */
type Contents = (movies: readonly IndexedMovie[]) => IndexSnapshot | Promise<IndexSnapshot>;

/** Holds the index in this process. A change builds a new table beside the current one, and then switches to it. */
export class InProcessMovieIndex implements MovieIndex {
  private table: MovieTable | undefined;
  private reportFirstRead: () => void = () => undefined;
  /** Resolves when the index is read for the first time. */
  readonly firstRead = new Promise<void>((resolve) => (this.reportFirstRead = resolve));
  /** Changes take place one after the other. */
  private changes: Promise<void> = Promise.resolve();

  async search(query: IndexQuery): Promise<IndexAnswer> {
    return (await this.current()).search(query);
  }

  async suggest(prefix: string, limit: number): Promise<readonly Suggestion[]> {
    return (await this.current()).suggest(prefix, limit);
  }

  async get(ids: readonly number[]): Promise<readonly Movie[]> {
    return (await this.current()).get(ids);
  }

  async vectorOf(id: number): Promise<Float32Array | undefined> {
    return (await this.current()).vectorOf(id);
  }

  async stats(): Promise<IndexStats> {
    const { movies, ...description } = (await this.current()).snapshot;
    return { ...description, movies: movies.length };
  }

  replace(snapshot: IndexSnapshot | Promise<IndexSnapshot>): Promise<void> {
    return this.change(() => snapshot);
  }

  upsert(movies: readonly IndexedMovie[], description: IndexDescription): Promise<void> {
    const added = new Set(movies.map(({ movie }) => movie.id));
    return this.change((current) => ({
      ...description,
      movies: [...current.filter(({ movie }) => !added.has(movie.id)), ...movies],
    }));
  }

  delete(ids: readonly number[], description: IndexDescription): Promise<void> {
    const deleted = new Set(ids);
    return this.change((current) => ({
      ...description,
      movies: current.filter(({ movie }) => !deleted.has(movie.id)),
    }));
  }

  private change(contents: Contents): Promise<void> {
    const change = this.applyAfter(this.changes, contents);
    // A change that fails leaves the current table in place, and does not stop later changes.
    this.changes = change.catch(() => undefined);
    return change;
  }

  private async applyAfter(earlier: Promise<void>, contents: Contents): Promise<void> {
    await earlier;
    this.table = await MovieTable.build(await contents(this.table?.snapshot.movies ?? []));
  }

  /** Waits for a first change that is still under way. */
  private async current(): Promise<MovieTable> {
    this.reportFirstRead();
    if (!this.table) await this.changes;
    if (!this.table) throw new IndexNotLoadedError();
    return this.table;
  }
}
