import { z } from 'zod';
import { wholeNumber } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';
import { idListSchema, languageSchema, maxMovies, movieResponseSchema } from '../movies/movies.dto.js';

export const maxLimit = 10_000;
const maxIncludedMovies = 1_000;
/** The body of a request with this many ids takes up to 5.5 MB. */
const maxPublished = 500_000;
const defaultMovies = 20;

export const trendingQuerySchema = z
  .strictObject(
    {
      limit: z
        .string()
        .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
        .transform(Number)
        .refine((limit) => limit >= 1 && limit <= maxLimit, { error: `must be from 1 to ${maxLimit}` })
        .optional()
        .meta({
          description: `Maximum number of ids: ${maxLimit} by default; with \`include=movies\`, ${defaultMovies} by default and at most ${maxMovies}`,
        }),
      offset: wholeNumber(0, 0, 999_999_999).meta({ description: 'Number of ids to skip' }),
      ids: idListSchema(maxIncludedMovies)
        .optional()
        .meta({
          description: `Up to ${maxIncludedMovies} TMDB ids, separated by commas: returns whether each is trending instead of the list`,
          example: '949,8195',
        }),
      include: z
        .literal('movies', { error: 'must be "movies"' })
        .optional()
        .meta({ description: 'Includes the details of the listed movies' }),
      language: languageSchema,
    },
    { error: objectError },
  )
  .refine(({ include, limit = 1 }) => !include || limit <= maxMovies, {
    path: ['limit'],
    error: `must be from 1 to ${maxMovies} with include=movies`,
  });

/** Returns the number of ids that a query requests. */
export const limitOf = ({ include, limit }: TrendingQuery): number =>
  limit ?? (include ? defaultMovies : maxLimit);

/** Validates half a million numbers in a millisecond or two; a schema per number would block for a hundred. */
const publishedIds = z
  .unknown()
  .transform((ids, context): readonly number[] => {
    const fault = (message: string, path: PropertyKey[] = []): never => {
      context.issues.push({ code: 'custom', input: ids, path, message });
      return z.NEVER;
    };
    if (!Array.isArray(ids)) return fault('is required and must be an array of movie ids');
    if (ids.length > maxPublished) return fault(`must contain at most ${maxPublished} ids`);
    const index = ids.findIndex((id) => !isMovieId(id));
    if (index !== -1) return fault('must be a positive whole number', [index]);
    return ids as number[];
  })
  .meta({
    description: 'Most trending first',
    example: [949, 8195],
    type: 'array',
    items: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
    maxItems: maxPublished,
  });

const isMovieId = (id: unknown): boolean => Number.isSafeInteger(id) && (id as number) > 0;

export const trendingBodySchema = z
  .strictObject(
    {
      ids: publishedIds,
      force: z.boolean({ error: 'must be true or false' }).default(false).meta({
        description: 'Accepts a set that is empty or less than half as large as the current one',
      }),
    },
    { error: objectError },
  )
  .meta({ id: 'TrendingReplacement' });

export type TrendingQuery = z.output<typeof trendingQuerySchema>;
export type TrendingBody = z.output<typeof trendingBodySchema>;

const freshness = {
  count: z.int().meta({ description: 'Number of trending movies' }),
  source: z.string().nullable().meta({ description: 'Null if another program wrote the set' }),
  updatedAt: z.iso.datetime().nullable(),
  ageSeconds: z.int().nullable(),
  stale: z.boolean().meta({ description: 'True if Redis could not confirm that the set is current' }),
};

export const trendingFreshnessSchema = z.object(freshness).meta({ id: 'TrendingFreshness' });

export const trendingResponseSchema = z
  .object({
    ids: z.array(z.int()).meta({ description: 'Most trending first' }),
    movies: z
      .array(
        z.object({
          id: z.int(),
          movie: movieResponseSchema.nullable(),
          note: z.enum(['missing', 'failed']).optional().meta({
            description:
              'Why the details are missing: the movie does not exist, or its details could not be loaded',
          }),
        }),
      )
      .optional()
      .meta({ description: 'With `include=movies`: the details of the ids, in the same order' }),
    ...freshness,
  })
  .meta({ id: 'Trending' });

export const memberSchema = z
  .object({ id: z.int(), trending: z.boolean(), rank: z.int().nullable() })
  .meta({ id: 'TrendingMember' });

export const membersResponseSchema = z
  .object({ members: z.array(memberSchema), ...freshness })
  .meta({ id: 'TrendingMembers' });

export const memberResponseSchema = z
  .object({ ...memberSchema.shape, ...freshness })
  .meta({ id: 'TrendingMembership' });
