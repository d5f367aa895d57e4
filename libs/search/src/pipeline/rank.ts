import type { Movie } from '@app/catalogue';
import type { Candidate } from '../movie-index/movie-index.js';
import { termOf, wordsOf } from '../text/terms.js';
import { genresOfMoods } from './mood-genres.js';
import type { SearchPlan } from './search-plan.js';

/** The parts of a score, which is their sum. */
export const scorePartNames = ['title', 'words', 'meaning', 'known', 'genres', 'themes', 'trending'] as const;
export type ScoreParts = Readonly<Record<(typeof scorePartNames)[number], number>>;

export interface Ranked {
  readonly candidate: Candidate;
  readonly movie: Movie;
  readonly score: number;
  readonly parts: ScoreParts;
  /** How much speaks for the movie beside its fame, from 0 to 1: what the cut-off looks at. */
  readonly relevance: number;
}

/** Reciprocal rank fusion's constant (Cormack, Clarke and Büttcher, 2009): small, since the first ranks matter most. */
const rrfConstant = 10;
const weights = {
  words: 1,
  meaning: 0.6,
  known: 0.25,
  browse: 1.2,
  genres: 0.25,
  themes: 0.3,
  trending: 0.1,
  browseTrending: 3,
};
/** From here on, text and title are the same but for typos. */
const nearTitle = 0.8;

/** Orders candidates by a fused score of their retrievals, with titles first and bounded boosts on top. */
export function rank(
  candidates: readonly Candidate[],
  plan: SearchPlan,
  trendingRankOf: (id: number) => number | undefined,
): Ranked[] {
  const moodGenres = genresOfMoods(plan.moods);
  const wantedGenres = new Set<string>([...plan.likelyGenres, ...moodGenres]);
  const themeTerms = plan.themes
    .map((theme) => wordsOf(theme).map(termOf))
    .filter((terms) => terms.length > 0);
  const excludedTerms = plan.excludedThemes
    .map((theme) => wordsOf(theme).map(termOf))
    .filter((terms) => terms.length > 0);
  const { isBrowsing } = plan;
  const ranked: Ranked[] = [];
  for (const candidate of candidates) {
    const { movie, title, words, meaning, known } = candidate;
    const terms = themeTerms.length + excludedTerms.length > 0 ? termsOf(movie) : undefined;
    if (terms && excludedTerms.some((theme) => theme.every((term) => terms.has(term)))) continue;
    const themes = terms ? themeTerms.filter((theme) => theme.every((term) => terms.has(term))).length : 0;
    const trendingRank = trendingRankOf(movie.id);
    const parts: ScoreParts = {
      title: title && title.score >= nearTitle ? 1 + (2 * (title.score - nearTitle)) / (1 - nearTitle) : 0,
      words: words ? weights.words * reciprocal(words.rank) * (0.3 + 0.7 * words.coverage) : 0,
      meaning: meaning ? weights.meaning * reciprocal(meaning.rank) : 0,
      known: known
        ? (isBrowsing ? weights.browse : weights.known) * reciprocal(known.rank, isBrowsing ? 100 : 200)
        : 0,
      genres:
        wantedGenres.size > 0
          ? (weights.genres * movie.genres.filter((genre) => wantedGenres.has(genre)).length) / 2
          : 0,
      themes: themeTerms.length > 0 ? (weights.themes * themes) / themeTerms.length : 0,
      trending:
        trendingRank === undefined
          ? 0
          : weights[plan.intent === 'trending' ? 'browseTrending' : 'trending'] * reciprocal(trendingRank),
    };
    const score = Object.values(parts).reduce((sum: number, part: number) => sum + part, 0);
    ranked.push({ candidate, movie, score, parts, relevance: relevanceOf(candidate) });
  }
  return ranked.toSorted((a, b) => compare(a, b, plan.sort) || b.score - a.score || a.movie.id - b.movie.id);
}

/** Orders by what the viewer asked for; 0 leaves the order to the score. */
function compare(a: Ranked, b: Ranked, sort: SearchPlan['sort']): number {
  switch (sort) {
    case 'newest':
      return b.movie.releaseDate.localeCompare(a.movie.releaseDate);
    case 'oldest':
      return a.movie.releaseDate.localeCompare(b.movie.releaseDate);
    case 'rating':
      return (b.movie.voteAverage ?? 0) - (a.movie.voteAverage ?? 0);
    case 'popularity':
      return (b.movie.popularity ?? 0) - (a.movie.popularity ?? 0);
    case 'relevance':
      return 0;
  }
}

/** Similarity of unrelated texts and of texts about the same, as measured for the local model. */
const unrelated = 0.3;
const related = 0.65;

function relevanceOf({ title, words, meaning }: Candidate): number {
  const byMeaning = meaning ? Math.max(0, (meaning.score - unrelated) / (related - unrelated)) : 0;
  const byTitle = title && title.score >= nearTitle ? 1 : 0;
  return Math.min(1, Math.max(byTitle, words?.coverage ?? 0, byMeaning));
}

const reciprocal = (rank: number, constant = rrfConstant): number => (constant + 1) / (constant + rank);

function termsOf(movie: Movie): Set<string> {
  return new Set(
    wordsOf([...movie.keywords, movie.overview, ...movie.genres, movie.collection ?? ''].join(' ')).map(
      termOf,
    ),
  );
}
