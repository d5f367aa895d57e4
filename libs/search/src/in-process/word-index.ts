import MiniSearch from 'minisearch';
import type { Movie } from '@app/catalogue';
import type { WordsHit } from '../movie-index/movie-index.js';
import { termOf, wordsOf } from '../text/terms.js';

/** What a word is worth in each field. */
const boosts = { titles: 2.5, people: 2, keywords: 2, overview: 1, facts: 1 };
const fields = Object.keys(boosts) as (keyof typeof boosts)[];

/** Shorter terms have too many neighbors. */
const minFuzzyLength = 5;

interface Document {
  readonly id: number;
  readonly titles: string;
  readonly people: string;
  readonly keywords: string;
  readonly overview: string;
  readonly facts: string;
}

/** Words of titles, people, keywords and overviews, found by BM25+ (MiniSearch). Rows are positions in the index. */
export class WordIndex {
  private readonly index = new MiniSearch<Document>({
    fields,
    tokenize: wordsOf,
    processTerm: termOf,
    searchOptions: { boost: boosts, combineWith: 'OR', bm25: { k: 1.2, b: 0.5, d: 0.3 } },
  });
  /** In how many movies a term stands. */
  private readonly frequencies = new Map<string, number>();
  private count = 0;

  add(row: number, movie: Movie): void {
    const document = toDocument(row, movie);
    this.index.add(document);
    this.count++;
    const terms = new Set(fields.flatMap((field) => wordsOf(document[field]).map(termOf)));
    for (const term of terms) this.frequencies.set(term, (this.frequencies.get(term) ?? 0) + 1);
  }

  /**
   * Returns the best rows for the words.
   *
   * @param isAllowed false for rows that may not be found
   */
  search(
    text: string,
    isAllowed: (row: number) => boolean,
    depth: number,
  ): { hits: Map<number, WordsHit>; unknown: number } {
    const words = new Map(wordsOf(text).map((word) => [termOf(word), word]));
    const weights = new Map([...words.keys()].map((term) => [term, this.weightOf(term)]));
    const total = [...weights.values()].reduce((sum, weight) => sum + weight, 0);
    if (total === 0) return { hits: new Map(), unknown: 0 };
    const unknown = [...weights].reduce(
      (sum, [term, weight]) => sum + (this.frequencies.has(term) ? 0 : weight),
      0,
    );
    const results = this.index.search([...words.values()].join(' '), {
      fuzzy: (term) => (this.frequencies.has(term) || term.length < minFuzzyLength ? false : 0.2),
      filter: ({ id }) => isAllowed(id as number),
    });
    const hits = new Map<number, WordsHit>();
    for (const [index, { id, score, queryTerms }] of results.slice(0, depth).entries()) {
      const covered = queryTerms.reduce((sum, term) => sum + (weights.get(term) ?? 0), 0);
      hits.set(id as number, {
        rank: index + 1,
        score,
        matched: queryTerms.map((term) => words.get(term) ?? term),
        coverage: covered / total,
      });
    }
    return { hits, unknown: unknown / total };
  }

  /** Inverse document frequency; a word that no movie has counts as the rarest. */
  private weightOf(term: string): number {
    return Math.log(1 + this.count / (1 + (this.frequencies.get(term) ?? 0)));
  }
}

function toDocument(row: number, movie: Movie): Document {
  return {
    id: row,
    titles: [movie.title, movie.originalTitle, ...(movie.alternativeTitles ?? []), movie.collection].join(
      ' ',
    ),
    people: [...movie.directors, ...(movie.writers ?? []), ...movie.cast.map(({ name }) => name)].join(' '),
    keywords: movie.keywords.join(' '),
    overview: movie.overview,
    facts: [
      ...movie.genres,
      ...movie.cast.map(({ character }) => character ?? ''),
      ...(movie.awards ?? []),
    ].join(' '),
  };
}
