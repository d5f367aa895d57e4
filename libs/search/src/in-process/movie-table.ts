import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Movie } from '@app/catalogue';
import type {
  Candidate,
  Hit,
  IndexAnswer,
  IndexedMovie,
  IndexQuery,
  IndexSnapshot,
  Suggestion,
} from '../movie-index/movie-index.js';
import { FilterColumns } from './filter-columns.js';
import { NameIndex } from './name-index.js';
import { SuggestionIndex } from './suggestion-index.js';
import { VectorTable } from './vector-table.js';
import { WordIndex } from './word-index.js';

interface TitleEntry {
  readonly row: number;
  readonly worth: number;
}

/** The time that building may block the event loop at once. */
const maxSliceMs = 8;

/** One version of the index, held in memory: words in MiniSearch, vectors in one block, constraints in typed columns. Immutable. */
export class MovieTable {
  private readonly words = new WordIndex();
  private readonly titles = new NameIndex<TitleEntry>();
  private readonly suggestions = new SuggestionIndex();
  private readonly columns: FilterColumns;
  private readonly vectors: VectorTable;
  private readonly movies: readonly Movie[];
  private readonly rows: ReadonlyMap<number, number>;
  /** Rows, the best known movie first. */
  private readonly byFame: readonly number[];

  private constructor(readonly snapshot: IndexSnapshot) {
    this.movies = snapshot.movies.map(({ movie }) => movie);
    this.rows = new Map(this.movies.map(({ id }, row) => [id, row]));
    this.columns = new FilterColumns(this.movies.length);
    this.vectors = new VectorTable(this.movies.length, snapshot.dimensions);
    this.byFame = this.movies
      .map((movie, row) => ({ row, fame: fameOf(movie) }))
      .toSorted((a, b) => b.fame - a.fame)
      .map(({ row }) => row);
  }

  /** Builds a table, yielding to the event loop every few milliseconds. */
  static async build(snapshot: IndexSnapshot): Promise<MovieTable> {
    const table = new MovieTable(snapshot);
    let sliceEndMs = performance.now() + maxSliceMs;
    for (const [row, movie] of snapshot.movies.entries()) {
      if (performance.now() > sliceEndMs) {
        await nextTurn();
        sliceEndMs = performance.now() + maxSliceMs;
      }
      table.add(row, movie);
    }
    return table;
  }

  private add(row: number, { movie, vector }: IndexedMovie): void {
    this.words.add(row, movie);
    this.columns.set(row, movie);
    if (vector) this.vectors.set(row, vector);
    for (const [name, worth] of namesOf(movie)) this.titles.add(name, { row, worth });
    this.suggestions.add(movie);
  }

  search({ constraints, titles, words, vector, depth }: IndexQuery): IndexAnswer {
    const mask = this.columns.mask(constraints);
    const isAllowed = (row: number): boolean => mask[row] === 1;
    const byTitle = this.searchTitles(titles, isAllowed, depth);
    const byWords = this.words.search(words, isAllowed, depth);
    const byMeaning = vector ? this.searchVectors(vector, mask, depth) : new Map<number, Hit>();
    const known = new Map<number, Hit>();
    let matching = 0;
    for (const row of this.byFame) {
      if (!isAllowed(row)) continue;
      matching++;
      if (matching <= depth) known.set(row, { rank: matching, score: fameOf(this.movies[row] as Movie) });
    }
    const rows = new Set([...byTitle.keys(), ...byWords.hits.keys(), ...byMeaning.keys(), ...known.keys()]);
    const candidates = [...rows].map((row): Candidate => ({
      movie: this.movies[row] as Movie,
      title: byTitle.get(row),
      words: byWords.hits.get(row),
      meaning: byMeaning.get(row),
      known: known.get(row),
    }));
    return { candidates, matching, unknownWords: byWords.unknown };
  }

  suggest(prefix: string, limit: number): readonly Suggestion[] {
    return this.suggestions.complete(prefix, limit);
  }

  get(ids: readonly number[]): readonly Movie[] {
    return ids.flatMap((id) => {
      const row = this.rows.get(id);
      return row === undefined ? [] : [this.movies[row] as Movie];
    });
  }

  vectorOf(id: number): Float32Array | undefined {
    const row = this.rows.get(id);
    return row === undefined ? undefined : this.vectors.get(row);
  }

  private searchTitles(
    titles: readonly string[],
    isAllowed: (row: number) => boolean,
    depth: number,
  ): Map<number, Hit> {
    const best = new Map<number, number>();
    for (const title of titles)
      for (const { value, similarity } of this.titles.nearest(title, depth)) {
        const score = similarity * value.worth;
        if (isAllowed(value.row) && score > (best.get(value.row) ?? 0)) best.set(value.row, score);
      }
    return ranked([...best], depth);
  }

  private searchVectors(vector: Float32Array, mask: Uint8Array, depth: number): Map<number, Hit> {
    const similarities = this.vectors.similarities(vector, mask);
    const rows = [...similarities.keys()].filter((row) => (similarities[row] as number) > 0);
    return ranked(
      rows.map((row) => [row, similarities[row] as number]),
      depth,
    );
  }
}

function ranked(scores: [row: number, score: number][], depth: number): Map<number, Hit> {
  const best = scores.toSorted(([, a], [, b]) => b - a).slice(0, depth);
  return new Map(best.map(([row, score], index) => [row, { rank: index + 1, score }]));
}

/** Titles that viewers shorten, with how much a match with them is worth compared to the full title. */
const aliasWorth = 0.97;

/** Returns the texts by which viewers name a movie: its titles, and, worth less, their parts and the name of its series. */
function namesOf({ title, originalTitle, alternativeTitles = [], collection }: Movie): Map<string, number> {
  const titles = [title, originalTitle ?? '', ...alternativeTitles].filter(Boolean);
  const parts = titles.flatMap((each) => each.split(/: | – | - /)).filter((part) => part.length > 3);
  const inSeries = collection ? titles.map((each) => `${collection} ${each}`) : [];
  return new Map([
    ...[...parts, ...inSeries].map((each) => [each, aliasWorth] as const),
    ...titles.map((each) => [each, 1] as const),
  ]);
}

/** How widely a movie is known, for order only: the editorial step, then votes, then rating. */
function fameOf({ popularity = 2, voteCount = 0, voteAverage = 6.5 }: Movie): number {
  return popularity + Math.log10(1 + voteCount) / 10 + voteAverage / 100;
}
