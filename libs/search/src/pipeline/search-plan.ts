import type { Movie } from '@app/catalogue';
import type { Understanding } from '@app/query-understanding';
import { type Constraints, noRange, type Range } from '../movie-index/constraints.js';
import { plainText } from '../text/plain-text.js';
import { stopWords } from '../text/stop-words.js';
import type { SearchFilters } from './search-request.js';

type Genre = Movie['genres'][number];

/** What an understood constraint is called in `relaxed`, the softest first: the order in which they are dropped. */
export const relaxations = ['rating', 'runtime', 'certification', 'genres', 'years'] as const;
export type Relaxation = (typeof relaxations)[number];

export interface SearchPlan {
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
  /** Text that is searched word by word and embedded. */
  readonly words: string;
  /** How many words of `words` say something about a movie. */
  readonly wordCount: number;
  readonly moods: readonly string[];
  readonly themes: readonly string[];
  readonly excludedThemes: readonly string[];
  readonly sort: Understanding['sort'];
}

/** A query of more words than this describes a movie, so that a genre's name in it may be part of the description. */
const maxWordsBesideGenre = 2;

/** Returns what to look for. Filters narrow what the words say, and win over it. */
export function planSearch(
  understanding: Understanding,
  filters: SearchFilters,
  excludedIds: ReadonlySet<number>,
): SearchPlan {
  const { intent, query, rewritten, titles } = understanding;
  const isSimilar = intent === 'similar' && titles.length > 0;
  const words = isSimilar ? withoutPhrases(rewritten, titles) : rewritten;
  const wordCount = describingWords(words, understanding);
  const isDescription = !isSimilar && wordCount > maxWordsBesideGenre;
  const demanded = constraintsOf(filters, excludedIds);
  const likelyGenres = isDescription ? understanding.genres : [];
  return {
    intent,
    filters: demanded,
    constraints: narrowed(demanded, {
      ...demanded,
      people: understanding.people,
      genres: isDescription ? [] : understanding.genres,
      excludedGenres: understanding.excludedGenres,
      years: understanding.years,
      runtimeMinutes: { from: understanding.runtimeMinutes.min, to: understanding.runtimeMinutes.max },
      certifications: understanding.certification,
      minRating: understanding.rating.min,
    }),
    likelyGenres,
    titles: isSimilar ? [] : [...new Set([query, rewritten, ...titles])],
    references: isSimilar ? titles : [],
    words,
    wordCount,
    moods: understanding.moods,
    themes: understanding.themes,
    excludedThemes: understanding.excludedThemes,
    sort: understanding.sort,
  };
}

/** Returns the constraints without what the words demanded under that name; what the filters demand stays. */
export function relax({ constraints, filters }: SearchPlan, dropped: readonly Relaxation[]): Constraints {
  const relaxed: { -readonly [Key in keyof Constraints]: Constraints[Key] } = { ...constraints };
  for (const each of dropped) {
    switch (each) {
      case 'rating':
        relaxed.minRating = filters.minRating;
        break;
      case 'runtime':
        relaxed.runtimeMinutes = filters.runtimeMinutes;
        break;
      case 'certification':
        relaxed.certifications = filters.certifications;
        break;
      case 'genres':
        relaxed.genres = filters.genres;
        break;
      case 'years':
        relaxed.years = filters.years;
        break;
    }
  }
  return relaxed;
}

/** Returns what the plan demands beyond the filters and could give up, the softest first. */
export function relaxable({ constraints, filters }: SearchPlan): Relaxation[] {
  const differs: Record<Relaxation, boolean> = {
    rating: constraints.minRating !== filters.minRating,
    runtime: isOther(constraints.runtimeMinutes, filters.runtimeMinutes),
    certification: constraints.certifications.length > 0 && filters.certifications.length === 0,
    genres: constraints.genres.length > filters.genres.length,
    years: isOther(constraints.years, filters.years),
  };
  return relaxations.filter((each) => differs[each]);
}

function constraintsOf(filters: SearchFilters, excludedIds: ReadonlySet<number>): Constraints {
  const { yearFrom = null, yearTo = null, runtimeMin = null, runtimeMax = null } = filters;
  return {
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
  return {
    ...filters,
    people: [...filters.people, ...understood.people],
    genres: [...new Set([...filters.genres, ...understood.genres])].filter(
      (genre) => filters.genres.includes(genre) || !excludedGenres.includes(genre),
    ),
    excludedGenres,
    years: isOther(filters.years, noRange) ? filters.years : understood.years,
    runtimeMinutes: isOther(filters.runtimeMinutes, noRange)
      ? filters.runtimeMinutes
      : understood.runtimeMinutes,
    certifications: filters.certifications.length > 0 ? filters.certifications : understood.certifications,
    languages: filters.languages.length > 0 ? filters.languages : understood.languages,
    minRating: filters.minRating ?? understood.minRating,
  };
}

const isOther = (a: Range, b: Range): boolean => a.from !== b.from || a.to !== b.to;

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
