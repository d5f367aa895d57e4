import type { Movie } from '@app/catalogue';
import type { Candidate } from '../movie-index/movie-index.js';
import { plainText } from '../text/plain-text.js';
import { termOf, wordsOf } from '../text/terms.js';
import { genresOfMoods } from './mood-genres.js';
import type { SearchPlan } from './search-plan.js';

/** The parts of a score, which is their sum. */
export const scorePartNames = [
  'title',
  'words',
  'meaning',
  'known',
  'genres',
  'themes',
  'people',
  'series',
  'trending',
] as const;
export type ScoreParts = Readonly<Record<(typeof scorePartNames)[number], number>>;

/** Found on the development part of test/eval/search. */
const weights = {
  words: 0.9,
  meaning: 0.63,
  known: 0.2,
  knownAlone: 1.2,
  genres: 0.5,
  genresOfTwist: 0.4,
  themes: 0.23,
  people: 0.12,
  series: -0.8,
  trending: 0.1,
  trendingIntent: 3,
};

/** Reciprocal rank fusion's constant (Cormack, Clarke and Büttcher, 2009): small, because the first ranks matter most. */
const rankConstant = 10;
/** For the best-known movies, of which the first hundred are nearly alike. */
const knownRankConstant = 200;
/** The share of a retrieval's score, rather than its rank, in the fused score. */
const wordsScoreShare = 0.3;
const meaningScoreShare = 0.58;
/** The similarity of unrelated texts, measured for the local model. */
const unrelatedSimilarity = 0.25;
/** From here on, the text is the title but for typos. */
const minTitleSimilarity = 0.8;
/** Roles of the first names in the cast are the leading ones. */
const leadingRoles = 2;

/** Scores the candidates of one search. */
export class Scorer {
  private readonly wantedGenres: ReadonlySet<string>;
  private readonly themes: readonly (readonly string[])[];
  private readonly excludedThemes: readonly (readonly string[])[];
  private readonly hasTwist: boolean;
  private readonly series: ReadonlySet<string>;
  private readonly bestWordsScore: number;
  private readonly bestSimilarity: number;

  /**
   * @param references the movies that results should resemble
   * @param trendingRankOf the rank of a trending movie, starting at 1
   */
  constructor(
    candidates: readonly Candidate[],
    private readonly plan: SearchPlan,
    references: readonly Movie[],
    private readonly trendingRankOf: (id: number) => number | undefined,
  ) {
    this.wantedGenres = new Set<string>([...plan.likelyGenres, ...genresOfMoods(plan.moods)]);
    this.themes = plan.themes.map(toTerms).filter((terms) => terms.length > 0);
    this.excludedThemes = plan.excludedThemes.map(toTerms).filter((terms) => terms.length > 0);
    // "Like Star Wars but funny": other movies of the series are alike, but lack the difference.
    this.hasTwist = references.length > 0 && (plan.wordCount > 0 || plan.moods.length > 0);
    this.series = new Set(this.hasTwist ? references.flatMap(({ collection }) => collection ?? []) : []);
    this.bestWordsScore = maxOf(candidates, ({ words }) => words?.score);
    this.bestSimilarity = maxOf(candidates, ({ meaning }) => meaning?.score);
  }

  /** Returns the parts of a candidate's score; undefined for a movie with an excluded theme. */
  partsOf({ movie, title, words, meaning, known }: Candidate): ScoreParts | undefined {
    const { plan } = this;
    const hasThemes = this.themes.length + this.excludedThemes.length > 0;
    const terms: ReadonlySet<string> = hasThemes ? termsOf(movie) : new Set();
    const isAbout = (theme: readonly string[]): boolean => theme.every((term) => terms.has(term));
    if (this.excludedThemes.some(isAbout)) return undefined;
    const genreCount = movie.genres.filter((genre) => this.wantedGenres.has(genre)).length;
    const trendingRank = this.trendingRankOf(movie.id);
    return {
      title: title && title.score >= minTitleSimilarity ? titlePart(title.score) : 0,
      words: words ? this.wordsPart(words) : 0,
      meaning: meaning ? this.meaningPart(meaning) : 0,
      known:
        known && plan.intent !== 'trending'
          ? (plan.isBrowsing ? weights.knownAlone : weights.known) * reciprocal(known.rank, knownRankConstant)
          : 0,
      genres: ((this.hasTwist ? weights.genresOfTwist : weights.genres) * genreCount) / 2,
      themes:
        this.themes.length > 0
          ? (weights.themes * this.themes.filter(isAbout).length) / this.themes.length
          : 0,
      people: plan.constraints.people.length > 0 && this.isLedByAll(movie) ? weights.people : 0,
      series: movie.collection !== undefined && this.series.has(movie.collection) ? weights.series : 0,
      trending:
        trendingRank === undefined
          ? 0
          : (plan.intent === 'trending' ? weights.trendingIntent : weights.trending) *
            reciprocal(trendingRank, rankConstant),
    };
  }

  /** The words that a movie contains count once in BM25 and once more as their share of the query. */
  private wordsPart({ score, rank, coverage }: NonNullable<Candidate['words']>): number {
    const fused =
      wordsScoreShare * (score / this.bestWordsScore) +
      (1 - wordsScoreShare) * reciprocal(rank, rankConstant);
    return weights.words * fused * (0.5 + 0.5 * coverage);
  }

  private meaningPart({ score, rank }: NonNullable<Candidate['meaning']>): number {
    const range = Math.max(0.01, this.bestSimilarity - unrelatedSimilarity);
    const relative = Math.max(0, score - unrelatedSimilarity) / range;
    return (
      weights.meaning *
      (meaningScoreShare * relative + (1 - meaningScoreShare) * reciprocal(rank, rankConstant))
    );
  }

  /** Whether each wanted person directed the movie or has a leading role in it. */
  private isLedByAll(movie: Movie): boolean {
    return this.plan.constraints.people.every(({ name, role }) => {
      const wanted = plainText(name);
      if (role !== 'actor' && movie.directors.some((each) => plainText(each) === wanted)) return true;
      const leading = movie.cast.slice(0, leadingRoles);
      return role !== 'director' && leading.some((member) => plainText(member.name) === wanted);
    });
  }
}

/** A title beats every other part: from 1 for one with typos to 3 for the exact title. */
const titlePart = (similarity: number): number =>
  1 + (2 * (similarity - minTitleSimilarity)) / (1 - minTitleSimilarity);

const reciprocal = (rank: number, constant: number): number => (constant + 1) / (constant + rank);

const maxOf = (
  candidates: readonly Candidate[],
  scoreOf: (candidate: Candidate) => number | undefined,
): number => candidates.reduce((max, candidate) => Math.max(max, scoreOf(candidate) ?? 0), 0) || 1;

const toTerms = (text: string): string[] => wordsOf(text).map(termOf);

function termsOf({ keywords, overview, genres, collection = '' }: Movie): ReadonlySet<string> {
  return new Set(toTerms([...keywords, overview, ...genres, collection].join(' ')));
}
