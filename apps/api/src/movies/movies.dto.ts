import { toMovieLanguage } from '@app/tmdb';
import { z } from 'zod';
import { objectError } from '../http/schema-messages.js';

/** TMDB's answers for so many would take seconds at the rate that it allows. */
export const maxMovies = 100;
/** What TMDB's ids are: int32. */
const maxId = 2_147_483_647;

/** A positive whole number as text, written in the one usual way. */
export const movieIdSchema = z
  .string({ error: 'must be a positive whole number' })
  .regex(/^[1-9]\d{0,9}$/, { error: 'must be a positive whole number' })
  .transform(Number)
  .refine((id) => id <= maxId, { error: `must be at most ${maxId}` });

export const movieParamsSchema = z.object({
  id: movieIdSchema.meta({ description: 'A TMDB id', example: '949' }),
});

/** Longest tag that is looked at. */
const maxLanguageLength = 16;

/** A BCP 47 tag, as TMDB writes it. */
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
      'Language of titles and overviews, a BCP 47 tag; TMDB_LANGUAGE by default. The bundled catalogue is in English alone.',
    example: 'de-DE',
    type: 'string',
  });

export const movieQuerySchema = z.strictObject({ language: languageSchema }, { error: objectError });

/** `1,2,3`, each once. */
export const idListSchema = (most: number) =>
  z
    .string({ error: 'is required: positive whole numbers with commas between them' })
    .max(most * 11, { error: `must hold at most ${most} ids` })
    .transform((text) => text.split(','))
    .pipe(z.array(movieIdSchema).max(most, { error: `must hold at most ${most} ids` }))
    .transform((ids) => [...new Set(ids)]);

export const moviesQuerySchema = z.strictObject(
  {
    ids: idListSchema(maxMovies).meta({ description: `Up to ${maxMovies}`, example: '949,8195' }),
    language: languageSchema,
  },
  { error: objectError },
);

export type MovieParams = z.output<typeof movieParamsSchema>;
export type MovieQuery = z.output<typeof movieQuerySchema>;
export type MoviesQuery = z.output<typeof moviesQuerySchema>;

export const movieAnswerSchema = z
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
      .meta({ description: 'Present where the film comes from the bundled catalogue and not from TMDB' }),
  })
  .meta({
    id: 'Movie',
    description: "TMDB's movie details with credits, videos and release dates, as TMDB sent them",
  });

export const moviesAnswerSchema = z
  .object({
    results: z.array(movieAnswerSchema).meta({ description: 'In the order asked for' }),
    missing: z.array(z.int()).meta({ description: 'Ids of which there is no movie' }),
    failed: z.array(z.int()).meta({ description: 'Ids that could not be had just now: ask for them again' }),
    source: z.enum(['tmdb', 'catalogue']),
  })
  .meta({ id: 'Movies' });
