import { isDeepStrictEqual } from 'node:util';
import type { Movie } from '@app/catalogue';
import type { Understanding } from '@app/query-understanding';
import { type Constraints, noRange, type Range, unconstrained } from '../movie-index/constraints.js';
import { plainText } from '../text/plain-text.js';
import { stopWords } from '../text/stop-words.js';
import type { SearchFilters } from './search-request.js';

type Genre = Movie['genres'][number];

/** The constraints that may be dropped, as `relaxed` names them, in the order in which they are dropped: the softest first. */
export const relaxations = [
  'votes',
  'budget',
  'revenue',
  'countryCount',
  'rating',
  'runtimeMinutes',
  'certification',
  'genres',
  'countries',
  'language',
  'years',
] as const;
export type Relaxation = (typeof relaxations)[number];

export interface SearchPlan {
  /** The viewer's words. */
  readonly query: string;
  readonly intent: Understanding['intent'];
  /** What the client's filters demand; never relaxed. */
  readonly filters: Constraints;
  /** What the words demand, together with the filters. */
  readonly constraints: Constraints;
  /** Genres that the words name while describing something else; they raise a movie and exclude none. */
  readonly likelyGenres: readonly Genre[];
  /** Text that may be a title. */
  readonly titles: readonly string[];
  /** Titles of the movies that results should be like. */
  readonly references: readonly string[];
  /** Titles of movies that must not be found. */
  readonly excludedTitles: readonly string[];
  /** Text that is searched word by word. */
  readonly words: string;
  /** Text that is embedded. */
  readonly meaning: string;
  /** How many words of `words` say something about a movie. */
  readonly wordCount: number;
  /** Whether nothing but constraints is known, so that everything that satisfies them is found. */
  readonly isBrowsing: boolean;
  readonly moods: readonly string[];
  readonly themes: readonly string[];
  readonly excludedThemes: readonly string[];
  readonly sort: Understanding['sort'];
}

/** A query of more words than this describes a movie, so that a genre's name in it may be part of the description. */
const maxWordsBesideGenre = 2;

/** Words that ask for trending movies, and say nothing about a movie. */
const trendingWords = /\b(?:trending|trendy|trends?|right now|currently|today|this (?:week|month))\b/giu;

/** Returns what to look for. Filters narrow what the words say, and win over it. */
export function planSearch(
  understanding: Understanding,
  filters: SearchFilters,
  excludedIds: ReadonlySet<number>,
): SearchPlan {
  const { intent, query, rewritten, titles, moods } = understanding;
  const isSimilar = intent === 'similar' && titles.length > 0;
  const isTrending = intent === 'trending';
  const unnamed = isSimilar ? withoutPhrases(rewritten, titles) : rewritten;
  const words = isTrending ? unnamed.replaceAll(trendingWords, ' ').trim() : unnamed;
  const wordCount = describingWords(words, understanding);
  const isDescription = !isSimilar && wordCount > maxWordsBesideGenre;
  const demanded = constraintsOf(filters, excludedIds);
  const likelyGenres = isDescription ? understanding.genres : [];
  return {
    query,
    intent,
    filters: demanded,
    constraints: narrowed(demanded, {
      ...demanded,
      people: understanding.people,
      genres: isDescription ? [] : understanding.genres,
      excludedGenres: understanding.excludedGenres,
      years: understanding.years,
      released: understanding.released,
      runtimeMinutes: toRange(understanding.runtimeMinutes),
      certifications: understanding.certification,
      languages: understanding.spokenLanguages,
      countries: understanding.countries,
      countryCount: toRange(understanding.countryCount),
      minRating: understanding.rating.min,
      minVotes: understanding.votes.min,
      budget: toRange(understanding.budget),
      revenue: toRange(understanding.revenue),
    }),
    likelyGenres,
    titles: isSimilar ? [] : [...new Set([query, rewritten, ...titles])],
    references: isSimilar ? titles : [],
    excludedTitles: excludedTitlesOf(understanding),
    words: withoutPhrases(words, moods),
    meaning: words,
    wordCount,
    isBrowsing: wordCount === 0 && !(isSimilar && titles.length > 0),
    moods,
    themes: understanding.themes,
    excludedThemes: understanding.excludedThemes,
    // The score orders by trending rank; `popularity` would order by fame.
    sort: isTrending ? 'relevance' : understanding.sort,
  };
}

/** Returns what to look for to find movies similar to others. */
export function planSimilar(references: readonly Movie[], excludedIds: ReadonlySet<number>): SearchPlan {
  const constraints = { ...unconstrained, excludedIds };
  return {
    query: '',
    intent: 'similar',
    filters: constraints,
    constraints,
    likelyGenres: references.flatMap(({ genres }) => genres),
    titles: [],
    references: references.map(({ title }) => title),
    excludedTitles: [],
    words: '',
    meaning: '',
    wordCount: 0,
    isBrowsing: false,
    moods: [],
    themes: [],
    excludedThemes: [],
    sort: 'relevance',
  };
}

/** The members of `Constraints` that each relaxation resets to what the filters demand. */
const membersOf = {
  votes: ['minVotes'],
  budget: ['budget'],
  revenue: ['revenue'],
  countryCount: ['countryCount'],
  rating: ['minRating'],
  runtimeMinutes: ['runtimeMinutes'],
  certification: ['certifications'],
  genres: ['genres'],
  countries: ['countries'],
  language: ['languages'],
  years: ['years', 'released'],
} as const satisfies Record<Relaxation, readonly (keyof Constraints)[]>;

/** Returns the constraints without what the words demand under these names. What the filters demand stays. */
export function relax({ constraints, filters }: SearchPlan, dropped: readonly Relaxation[]): Constraints {
  const members = dropped.flatMap((each): readonly (keyof Constraints)[] => membersOf[each]);
  return { ...constraints, ...Object.fromEntries(members.map((member) => [member, filters[member]])) };
}

/** Returns what the words demand beyond the filters and may be dropped, the softest first. */
export function relaxable({ constraints, filters }: SearchPlan): Relaxation[] {
  return relaxations.filter((each) =>
    membersOf[each].some((member) => !isDeepStrictEqual(constraints[member], filters[member])),
  );
}

function constraintsOf(filters: SearchFilters, excludedIds: ReadonlySet<number>): Constraints {
  const { yearFrom = null, yearTo = null, runtimeMin = null, runtimeMax = null } = filters;
  return {
    ...unconstrained,
    people: (filters.people ?? []).map((name) => ({ name, role: 'any' })),
    genres: filters.genres ?? [],
    excludedGenres: filters.excludedGenres ?? [],
    years: { from: yearFrom, to: yearTo },
    runtimeMinutes: { from: runtimeMin, to: runtimeMax },
    certifications: filters.certification ?? [],
    languages: filters.language === undefined ? [] : [filters.language],
    minRating: filters.minRating ?? null,
    excludedIds,
  };
}

/** A filter replaces what the words say about the same thing; lists of things to have or not to have add up. */
function narrowed(filters: Constraints, understood: Constraints): Constraints {
  const excludedGenres = [...new Set([...filters.excludedGenres, ...understood.excludedGenres])].filter(
    (genre) => !filters.genres.includes(genre),
  );
  const hasYears = isOther(filters.years, noRange);
  return {
    ...understood,
    people: [...filters.people, ...understood.people],
    genres: [...new Set([...filters.genres, ...understood.genres])].filter(
      (genre) => filters.genres.includes(genre) || !excludedGenres.includes(genre),
    ),
    excludedGenres,
    years: hasYears ? filters.years : understood.years,
    released: hasYears ? filters.released : understood.released,
    runtimeMinutes: isOther(filters.runtimeMinutes, noRange)
      ? filters.runtimeMinutes
      : understood.runtimeMinutes,
    certifications: filters.certifications.length > 0 ? filters.certifications : understood.certifications,
    languages: filters.languages.length > 0 ? filters.languages : understood.languages,
    minRating: filters.minRating ?? understood.minRating,
  };
}

const toRange = ({ min, max }: { readonly min: number | null; readonly max: number | null }): Range => ({
  from: min,
  to: max,
});

const isOther = (a: Range, b: Range): boolean => a.from !== b.from || a.to !== b.to;

/** "… but not Kill Bill": what follows may be a title. */
const exceptionCue = /\b(?:but not|except(?: for)?|other than|besides|apart from|excluding)\s+(.+)$/u;

function excludedTitlesOf({ normalized }: Understanding): string[] {
  const [, title] = exceptionCue.exec(normalized) ?? [];
  return title === undefined ? [] : [title];
}

function withoutPhrases(text: string, phrases: readonly string[]): string {
  let rest = ` ${plainText(text)} `;
  for (const phrase of phrases) rest = rest.replace(` ${plainText(phrase)} `, ' ');
  return rest.trim();
}

/** Words that describe a movie and are not already a constraint. */
function describingWords(text: string, { genres, people }: Understanding): number {
  const known = new Set(plainText([...genres, ...people.map(({ name }) => name)].join(' ')).split(' '));
  return plainText(text)
    .split(' ')
    .filter((word) => word !== '' && !stopWords.has(word) && !known.has(word)).length;
}
