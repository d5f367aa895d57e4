import { certifications, movieGenres } from '@app/catalogue';
import { understandingSchema } from '@app/query-understanding';
import {
  degradations,
  facetNames,
  indexSources,
  reasonKinds,
  relaxations,
  scorePartNames,
} from '@app/search';
import { z } from 'zod';
import { idListSchema } from '../movies/movies.dto.js';
import { objectError } from '../http/schema-messages.js';
import { wholeNumber } from '../http/query-schemas.js';
import { queryTextSchema } from '../query-understanding/query-understanding.dto.js';

const maxExcluded = 1_000;
const maxLimit = 50;
const maxPeople = 10;
const maxSuggestions = 20;
const maxPrefixLength = 100;
/** Like a movie's id, which TMDB defines as int32. */
const maxId = 2_147_483_647;

const objectOf = { error: objectError };
const whole = (min: number, max: number) => {
  const error = `must be a whole number from ${min} to ${max}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
};
const oneOf = <const Values extends readonly [string, ...string[]]>(values: Values) =>
  z.enum(values, { error: `must be one of ${values.join(', ')}` });
const listOf = <Item extends z.ZodType>(item: Item, maxItems: number) =>
  z
    .array(item, { error: 'must be an array' })
    .max(maxItems, { error: `must have at most ${maxItems} entries` });
const name = z
  .string({ error: 'must be a string' })
  .max(100, { error: 'must be at most 100 characters' })
  .refine((value) => value.trim() !== '', { error: 'must not be empty' })
  .refine((value) => value.isWellFormed(), { error: 'must be well-formed Unicode' });
const cursorSchema = z
  .string({ error: 'must be a string' })
  .max(200, { error: 'must be a nextCursor of an earlier response' })
  .meta({ description: '`nextCursor` of the previous page' });
const ordered = (from: number | undefined, to: number | undefined): boolean =>
  from === undefined || to === undefined || from <= to;

const filtersSchema = z
  .strictObject(
    {
      genres: listOf(oneOf(movieGenres), movieGenres.length)
        .optional()
        .meta({ description: 'Movies have all of them' }),
      excludedGenres: listOf(oneOf(movieGenres), movieGenres.length)
        .optional()
        .meta({ description: 'Movies have none of them' }),
      people: listOf(name, maxPeople)
        .optional()
        .meta({ description: 'Full names; each of them took part, in any role', example: ['Tom Hanks'] }),
      yearFrom: whole(1870, 2200).optional(),
      yearTo: whole(1870, 2200).optional(),
      runtimeMin: whole(1, 1_000).optional().meta({ description: 'Minutes' }),
      runtimeMax: whole(1, 1_000).optional().meta({ description: 'Minutes' }),
      certification: listOf(oneOf(certifications), certifications.length)
        .optional()
        .meta({ description: 'Movies have one of them' }),
      language: z
        .string({ error: 'must be a string' })
        .regex(/^[a-z]{2}$/, { error: 'must be a two-letter language code of ISO 639-1' })
        .optional()
        .meta({ description: 'Original language', example: 'ko' }),
      minRating: z
        .number({ error: 'must be a number from 0 to 10' })
        .min(0, { error: 'must be from 0 to 10' })
        .max(10, { error: 'must be from 0 to 10' })
        .optional(),
    },
    objectOf,
  )
  .refine(({ yearFrom, yearTo }) => ordered(yearFrom, yearTo), {
    path: ['yearTo'],
    error: 'must not be less than yearFrom',
  })
  .refine(({ runtimeMin, runtimeMax }) => ordered(runtimeMin, runtimeMax), {
    path: ['runtimeMax'],
    error: 'must not be less than runtimeMin',
  })
  .meta({
    id: 'SearchFilters',
    description: 'Every result satisfies them. They win over what the query says, and are never relaxed.',
  });

export const searchBodySchema = z
  .strictObject(
    {
      query: queryTextSchema.meta({ example: 'dark comedies from the early 2000s with Bill Murray' }),
      limit: whole(1, maxLimit)
        .optional()
        .meta({ description: 'Results per page; the number in the query, or 20, by default' }),
      cursor: cursorSchema.optional(),
      filters: filtersSchema.optional(),
      exclude: listOf(whole(1, maxId), maxExcluded)
        .optional()
        .meta({ description: 'Ids of movies that must not be found: seen, disliked' }),
      facets: listOf(oneOf(facetNames), facetNames.length).optional(),
      explain: z
        .boolean({ error: 'must be true or false' })
        .default(false)
        .meta({ description: 'Whether results include the numbers that make up their score' }),
    },
    objectOf,
  )
  .meta({ id: 'SearchRequest' });

export const suggestionsQuerySchema = z.strictObject(
  {
    prefix: z
      .string({ error: 'is required' })
      .max(maxPrefixLength, { error: `must be at most ${maxPrefixLength} characters` })
      .refine((value) => value.trim() !== '', { error: 'must not be empty' })
      .meta({ description: 'What the viewer has typed', example: 'lord of' }),
    limit: wholeNumber(8, 1, maxSuggestions),
  },
  objectOf,
);

export const similarQuerySchema = z.strictObject(
  {
    limit: wholeNumber(20, 1, maxLimit),
    cursor: cursorSchema.optional(),
    exclude: idListSchema(maxExcluded)
      .optional()
      .meta({ description: `Up to ${maxExcluded} ids`, example: '949' }),
  },
  objectOf,
);

export type SearchBody = z.output<typeof searchBodySchema>;
export type SuggestionsQuery = z.output<typeof suggestionsQuerySchema>;
export type SimilarQuery = z.output<typeof similarQuerySchema>;

const foundMovieSchema = z
  .object({
    id: z.int(),
    title: z.string(),
    originalTitle: z.string(),
    releaseDate: z.string().meta({ description: 'YYYY-MM-DD, or YYYY if only the year is known' }),
    genres: z.array(z.enum(movieGenres)),
    runtimeMinutes: z.int().nullable(),
    certification: z.enum(certifications).nullable(),
    language: z.string().nullable().meta({ description: 'Original language, ISO 639-1' }),
    directors: z.array(z.string()),
    cast: z.array(z.object({ name: z.string(), character: z.string().nullable() })),
    overview: z.string(),
    voteAverage: z.number().nullable(),
    voteCount: z.int().nullable(),
    posterPath: z.string().nullable(),
    trendingRank: z.int().nullable(),
  })
  .meta({ id: 'FoundMovie' });

const explanationSchema = z.object({
  similarity: z.number().nullable().meta({ description: 'Cosine similarity to the query' }),
  parts: z
    .object(Object.fromEntries(scorePartNames.map((part) => [part, z.number()])))
    .meta({ description: 'What each part adds to the score' }),
});

export const searchResultSchema = z
  .object({
    id: z.int(),
    score: z.number(),
    movie: foundMovieSchema,
    why: z.object({
      matched: z.array(z.object({ kind: z.enum(reasonKinds), text: z.string() })),
      explanation: explanationSchema.optional().meta({ description: 'Only with `explain`' }),
    }),
  })
  .meta({ id: 'SearchResult' });

const indexSchema = z
  .object({
    version: z.string(),
    movies: z.int(),
    source: z.enum(indexSources),
    updatedAt: z.iso.datetime(),
  })
  .meta({ id: 'SearchIndex' });

const pageShape = {
  total: z.int().meta({ description: 'Movies found, on all pages' }),
  results: z.array(searchResultSchema),
  nextCursor: z.string().nullable(),
  index: indexSchema,
};

export const searchResponseSchema = z
  .object({
    query: z.string(),
    understanding: understandingSchema,
    ...pageShape,
    facets: z.partialRecord(z.enum(facetNames), z.array(z.object({ value: z.string(), count: z.int() }))),
    relaxed: z.array(z.enum(relaxations)).meta({
      description: 'Constraints of the query that were dropped because too few movies satisfied them',
    }),
    degraded: z
      .array(z.enum(degradations))
      .meta({ description: 'What was not available; the results may be ranked less well' }),
  })
  .meta({ id: 'SearchAnswer' });

export const similarResponseSchema = z.object(pageShape).meta({ id: 'SimilarMovies' });

export const suggestionsResponseSchema = z
  .object({
    results: z.array(
      z.object({
        kind: z.enum(['title', 'person']),
        text: z.string(),
        movieId: z.int().optional(),
        year: z.int().optional(),
      }),
    ),
  })
  .meta({ id: 'Suggestions' });
