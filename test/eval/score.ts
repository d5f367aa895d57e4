import type { Facts } from '@app/query-understanding';

/** A query and the facts that an annotator found in it. Omitted fields are expected to be empty. */
export interface Example {
  readonly query: string;
  readonly expected: Partial<Facts> & { readonly language?: string };
}

export interface FieldScore {
  right: number;
  /** Found, but not expected. */
  extra: number;
  /** Expected, but not found. */
  missed: number;
}

export interface Disagreement {
  readonly query: string;
  readonly field: string;
  readonly extra: readonly string[];
  readonly missed: readonly string[];
}

export interface Evaluation {
  readonly fields: ReadonlyMap<string, FieldScore>;
  readonly disagreements: readonly Disagreement[];
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
/** "zombie" and "zombies" are one theme. */
const singular = (text: string): string =>
  plain(text)
    .split(' ')
    .map((word) => word.replace(/ies$/, 'y').replace(/(?<=[^s])s$/, ''))
    .join(' ');

/** The facts that were read from a query. */
export type Reading = Partial<Facts> & { readonly language?: string };

/** Splits each field into items that are scored individually. The order of lists is ignored. */
const itemsOf = {
  language: ({ language = 'en' }) => (language === 'en' ? [] : [language]),
  intent: ({ intent = 'search' }) => [intent],
  titles: ({ titles = [] }) => titles.map(plain),
  people: ({ people = [] }) => people.map(({ name, role }) => `${plain(name)} (${role})`),
  genres: ({ genres = [] }) => [...genres],
  excludedGenres: ({ excludedGenres = [] }) => [...excludedGenres],
  years: ({ years }) => bounds(years?.from, years?.to),
  released: ({ released }) => bounds(released?.from, released?.to),
  runtimeMinutes: ({ runtimeMinutes: range }) => bounds(range?.min, range?.max),
  rating: ({ rating }) => bounds(rating?.min),
  votes: ({ votes }) => bounds(votes?.min),
  budget: ({ budget }) => bounds(budget?.min, budget?.max),
  revenue: ({ revenue }) => bounds(revenue?.min, revenue?.max),
  countries: ({ countries = [] }) => [...countries],
  countryCount: ({ countryCount: range }) => bounds(range?.min, range?.max),
  spokenLanguages: ({ spokenLanguages = [] }) => [...spokenLanguages],
  certification: ({ certification = [] }) => (certification.length > 0 ? [certification.join(' ')] : []),
  moods: ({ moods = [] }) => moods.map(singular),
  themes: ({ themes = [] }) => themes.map(singular),
  excludedThemes: ({ excludedThemes = [] }) => excludedThemes.map(singular),
  sort: ({ sort = 'relevance' }) => (sort === 'relevance' ? [] : [sort]),
  limit: ({ limit }) => bounds(limit),
} satisfies Readonly<Record<string, (reading: Reading) => string[]>>;

export type Field = keyof typeof itemsOf;

const allFields = Object.keys(itemsOf) as Field[];
/** The fields that the numeric sets annotate: what a number, a date or a place may be taken for. */
const numericFields: readonly Field[] = [
  'titles',
  'people',
  'genres',
  'years',
  'released',
  'runtimeMinutes',
  'rating',
  'votes',
  'budget',
  'revenue',
  'countries',
  'countryCount',
  'spokenLanguages',
  'limit',
];

/** The fields that the set of plots annotates: a story must not constrain the search. Themes and moods only rank. */
const constraintFields: readonly Field[] = [
  ...numericFields,
  'intent',
  'language',
  'excludedGenres',
  'certification',
  'sort',
];

/** Returns the fields that a set of examples annotates. */
export const fieldsOf = (file: string): readonly Field[] =>
  /[\\/]numeric[\\/]/.test(file) ? numericFields : /plots/.test(file) ? constraintFields : allFields;

function bounds(...values: (number | string | null | undefined)[]): string[] {
  return values.flatMap((value, index) =>
    value === null || value === undefined ? [] : [`${index}:${value}`],
  );
}

/** Scores readings against examples, field by field. */
export function evaluate(
  examples: readonly Example[],
  readings: readonly Reading[],
  scored: readonly Field[] = allFields,
): Evaluation {
  const fields = new Map<string, FieldScore>();
  const disagreements: Disagreement[] = [];
  examples.forEach(({ query, expected }, index) => {
    for (const field of scored) {
      const items: (reading: Reading) => string[] = itemsOf[field];
      const wanted = new Set(items(expected));
      const found = new Set(items(readings[index] as Reading));
      const extra = [...found].filter((item) => !wanted.has(item));
      const missed = [...wanted].filter((item) => !found.has(item));
      const score = fields.get(field) ?? { right: 0, extra: 0, missed: 0 };
      score.right += found.size - extra.length;
      score.extra += extra.length;
      score.missed += missed.length;
      fields.set(field, score);
      if (extra.length + missed.length > 0) disagreements.push({ query, field, extra, missed });
    }
  });
  return { fields, disagreements };
}

export const precision = ({ right, extra }: FieldScore): number =>
  right + extra === 0 ? 1 : right / (right + extra);
export const recall = ({ right, missed }: FieldScore): number =>
  right + missed === 0 ? 1 : right / (right + missed);
