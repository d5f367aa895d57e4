import { z } from 'zod';
import { everyItem } from '../http/long-arrays.js';
import { wholeNumber } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';
import { idListSchema } from '../movies/movies.dto.js';

export const mostListed = 10_000;
const mostMembers = 1_000;
/** A body of so many fits the default HTTP_BODY_LIMIT_BYTES. */
const mostPublished = 500_000;

export const trendingQuerySchema = z.strictObject(
  {
    limit: wholeNumber(mostListed, 1, mostListed).meta({ description: 'How many at most' }),
    offset: wholeNumber(0, 0, 999_999_999).meta({ description: 'How many to leave out at the top' }),
    ids: idListSchema(mostMembers)
      .optional()
      .meta({ description: `Ask instead which of these trend, up to ${mostMembers}`, example: '949,8195' }),
  },
  { error: objectError },
);

export const trendingBodySchema = z
  .strictObject(
    {
      ids: z
        .array(z.unknown(), { error: 'is required and must be an array of movie ids' })
        .max(mostPublished, { error: `must hold at most ${mostPublished} ids` })
        .transform(
          everyItem(z.int({ error: 'must be a whole number' }).positive({ error: 'must be positive' })),
        )
        .meta({
          description: 'Most trending first',
          example: [949, 8195],
          items: { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER },
        }),
      force: z.boolean({ error: 'must be true or false' }).default(false).meta({
        description: 'Take an empty set, or one less than half as large as the current one, as well',
      }),
    },
    { error: objectError },
  )
  .meta({ id: 'TrendingReplacement' });

export type TrendingQuery = z.output<typeof trendingQuerySchema>;
export type TrendingBody = z.output<typeof trendingBodySchema>;

const freshness = {
  count: z.int().meta({ description: 'How many films trend' }),
  source: z.string().nullable().meta({ description: 'Null where another program wrote the set' }),
  updatedAt: z.iso.datetime().nullable(),
  ageSeconds: z.int().nullable(),
  stale: z.boolean().meta({ description: 'True where Redis could not confirm that this is still current' }),
};

export const trendingFreshnessSchema = z.object(freshness).meta({ id: 'TrendingFreshness' });

export const trendingAnswerSchema = z
  .object({ ids: z.array(z.int()).meta({ description: 'Most trending first' }), ...freshness })
  .meta({ id: 'Trending' });

export const memberSchema = z
  .object({ id: z.int(), trending: z.boolean(), rank: z.int().nullable() })
  .meta({ id: 'TrendingMember' });

export const membersAnswerSchema = z
  .object({ members: z.array(memberSchema), ...freshness })
  .meta({ id: 'TrendingMembers' });

export const memberAnswerSchema = z
  .object({ ...memberSchema.shape, ...freshness })
  .meta({ id: 'TrendingMembership' });
