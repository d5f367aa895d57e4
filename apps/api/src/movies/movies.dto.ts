import { toMovieLanguage } from '@app/tmdb';
import { z } from 'zod';
import { objectError } from '../http/schema-messages.js';

/** Maximum number of movies per request. Loading more would take seconds at TMDB's rate limit. */
export const maxMovies = 100;
/** TMDB's ids are int32. */
const maxId = 2_147_483_647;

/** A positive whole number in a URL, in canonical form. */
export const movieIdSchema = z
  .string({ error: 'must be a positive whole number' })
  .regex(/^[1-9]\d{0,9}$/, { error: 'must be a positive whole number' })
  .transform(Number)
  .refine((id) => id <= maxId, { error: `must be at most ${maxId}` });

export const movieParamsSchema = z.object({
  id: movieIdSchema.meta({ description: 'A TMDB id', example: '949' }),
});

/** Maximum length of a language tag. */
const maxLanguageLength = 16;

/** A BCP 47 language tag in TMDB's notation. */
export const languageSchema = z
  .string({ error: 'must be one BCP 47 language tag such as de-DE' })
  .transform((text, context) => {
    const language = text.length <= maxLanguageLength ? toMovieLanguage(text) : undefined;
    if (language !== undefined) return language;
    context.issues.push({
      code: 'custom',
      input: text,
      message: 'must be a BCP 47 language tag such as de or de-DE, of a language and a region that exist',
    });
    return z.NEVER;
  })
  .optional()
  .meta({
    description:
      'Language of titles and overviews, a BCP 47 tag; TMDB_LANGUAGE by default. The bundled catalogue is available in English only.',
    example: 'de-DE',
    type: 'string',
  });

export const movieQuerySchema = z.strictObject({ language: languageSchema }, { error: objectError });

/** A list such as `1,2,3`, without duplicates in the result. */
export const idListSchema = (maxIds: number) =>
  z
    .string({ error: 'is required: a comma-separated list of positive whole numbers' })
    .max(maxIds * 11, { error: `must contain at most ${maxIds} ids` })
    .transform((text) => text.split(','))
    .pipe(z.array(movieIdSchema).max(maxIds, { error: `must contain at most ${maxIds} ids` }))
    .transform((ids) => [...new Set(ids)]);

export const moviesQuerySchema = z.strictObject(
  {
    ids: idListSchema(maxMovies).meta({
      description: `Up to ${maxMovies} TMDB ids, separated by commas`,
      example: '949,8195',
    }),
    language: languageSchema,
  },
  { error: objectError },
);

export type MovieParams = z.output<typeof movieParamsSchema>;
export type MovieQuery = z.output<typeof movieQuerySchema>;
export type MoviesQuery = z.output<typeof moviesQuerySchema>;

export const movieResponseSchema = z
  .looseObject({
    id: z.int().positive(),
    title: z.string(),
    release_date: z.string(),
    runtime: z.int().nullable(),
    genres: z.array(z.object({ id: z.int(), name: z.string() })),
    credits: z.looseObject({}),
    videos: z.looseObject({}),
    release_dates: z.looseObject({}),
    marquee_source: z
      .literal('catalogue')
      .optional()
      .meta({ description: 'Present if the movie comes from the bundled catalogue and not from TMDB' }),
  })
  .meta({
    id: 'Movie',
    description: "TMDB's movie details with credits, videos and release dates, unchanged",
  });

export const moviesResponseSchema = z
  .object({
    results: z.array(movieResponseSchema).meta({ description: 'In the requested order' }),
    missing: z.array(z.int()).meta({ description: 'Ids without a movie' }),
    failed: z.array(z.int()).meta({ description: 'Ids that could not be loaded; request them again' }),
    source: z.enum(['tmdb', 'catalogue']),
  })
  .meta({ id: 'Movies' });
