import { z } from 'zod';

/** TMDB's English genre names (GET /genre/movie/list). */
export const movieGenres = [
  'Action',
  'Adventure',
  'Animation',
  'Comedy',
  'Crime',
  'Documentary',
  'Drama',
  'Family',
  'Fantasy',
  'History',
  'Horror',
  'Music',
  'Mystery',
  'Romance',
  'Science Fiction',
  'TV Movie',
  'Thriller',
  'War',
  'Western',
] as const;

/**
 * United States certifications, as TMDB lists them. `NR` is a movie that is known to have no rating, including those that
 * were only approved under the Production Code. M and GP are today's PG; a movie once rated X has the rating that
 * replaced it.
 */
export const certifications = ['G', 'PG', 'PG-13', 'R', 'NC-17', 'NR'] as const;

/** Awards that viewers search for. Names without an organization are Academy Awards. */
export const awards = [
  'Best Picture',
  'Best Director',
  'Best Actor',
  'Best Actress',
  'Best Supporting Actor',
  'Best Supporting Actress',
  'Best Original Screenplay',
  'Best Adapted Screenplay',
  'Best Cinematography',
  'Best Original Score',
  'Best Original Song',
  'Best Visual Effects',
  'Best Animated Feature',
  'Best Documentary Feature',
  'Best International Feature',
  "Palme d'Or",
  'Golden Lion',
  'Golden Bear',
  'BAFTA Best Film',
  'César Best Film',
  'Sundance Grand Jury Prize',
  'Razzie Worst Picture',
] as const;

const text = (maxLength: number) => {
  const error = `must be 1 to ${maxLength} characters without white space at either end`;
  return z
    .string({ error })
    .regex(/^\S(?:.*\S)?$/su, { error })
    .max(maxLength, { error });
};
const wholeNumber = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const name = text(200);
const listOf = <Item extends z.ZodType>(item: Item, maxItems: number) =>
  z
    .array(item)
    .max(maxItems, { error: `must have at most ${maxItems} entries` })
    .refine((items) => new Set(items.map((entry) => JSON.stringify(entry))).size === items.length, {
      error: 'must not name anything twice',
    });

/** A person in the cast, in billing order. */
export const castMemberSchema = z.strictObject({ name, character: name.optional() });

/**
 * One movie: a line of the bundled catalogue, and a line of the NDJSON files that operators import. Unknown fields are
 * refused, so that a misspelled one is noticed.
 *
 * @example
 * movieSchema.parse({ id: 7, title: 'Metropolis', releaseDate: '1927', genres: ['Science Fiction'], overview: 'In…' });
 */
export const movieSchema = z.strictObject({
  /** Unique within an index. Choose numbers that no other source of the index uses. */
  id: wholeNumber(1, Number.MAX_SAFE_INTEGER),
  /** The title by which English-speaking viewers know the movie. */
  title: name,
  /** In the language and script of the original, where it differs from `title`. */
  originalTitle: name.optional(),
  /** Other titles that viewers type: romanized, abroad, shortened. */
  alternativeTitles: listOf(name, 20).optional(),
  /** YYYY-MM-DD, or YYYY where only the year is certain. */
  releaseDate: z.union([z.iso.date(), z.string().regex(/^\d{4}$/)], {
    error: 'must be a date (YYYY-MM-DD) or a year (YYYY)',
  }),
  directors: listOf(name, 20).default([]),
  writers: listOf(name, 20).optional(),
  /** In billing order. */
  cast: listOf(castMemberSchema, 50).default([]),
  /** TMDB's English names, the most fitting first. */
  genres: listOf(
    z.enum(movieGenres, { error: `must be one of ${movieGenres.join(', ')}` }),
    movieGenres.length,
  ).default([]),
  runtimeMinutes: wholeNumber(1, 10_000).optional(),
  certification: z.enum(certifications, { error: `must be one of ${certifications.join(', ')}` }).optional(),
  /** ISO 639-1. */
  originalLanguage: z
    .string()
    .regex(/^[a-z]{2}$/, { error: 'must be a two-letter language code of ISO 639-1' })
    .optional(),
  /** Countries of production: ISO 3166-1 alpha-2, the leading one first. */
  countries: listOf(
    z.string().regex(/^[A-Z]{2}$/, { error: 'must be a two-letter country code of ISO 3166-1' }),
    30,
  ).default([]),
  /** What viewers remember of a movie whose title they forgot. Lower case. */
  keywords: listOf(
    text(60).refine((keyword) => keyword === keyword.toLowerCase(), { error: 'must be lower case' }),
    100,
  ).default([]),
  /** What the movie is about. */
  overview: text(4_000),
  /** The series or franchise that the movie belongs to. */
  collection: name.optional(),
  awards: listOf(z.enum(awards, { error: `must be one of ${awards.join(', ')}` }), awards.length).optional(),
  /** An editorial judgment of how widely the movie is known, from 1 (a niche) to 5 (a household name). */
  popularity: wholeNumber(1, 5).optional(),
  /** Viewers' average rating, from 0 to 10. */
  voteAverage: z.number().min(0).max(10).optional(),
  voteCount: wholeNumber(0, 1_000_000_000).optional(),
  /** The path of TMDB's poster, such as /abc.jpg. */
  posterPath: z
    .string()
    .regex(/^\/[\w-]{1,100}\.(?:jpg|png|webp)$/, { error: 'must be a path such as /abc.jpg' })
    .optional(),
  /** US dollars. */
  budget: wholeNumber(0, 100_000_000_000).optional(),
  /** US dollars, worldwide. */
  revenue: wholeNumber(0, 100_000_000_000).optional(),
});

/** A movie with its defaults filled in. */
export type Movie = Readonly<z.infer<typeof movieSchema>>;
