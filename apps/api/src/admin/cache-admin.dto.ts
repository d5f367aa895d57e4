import { z } from 'zod';
import { everyItem } from '../http/long-arrays.js';
import { flagSchema } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';
import { embeddingsBodySchema } from '../embeddings/embeddings.dto.js';

export const purgeQuerySchema = z.strictObject(
  {
    pattern: z
      .string({ error: 'is required' })
      .min(1, { error: 'must not be empty' })
      .max(512, { error: 'must be at most 512 characters' })
      .meta({ description: 'A glob pattern below `{env}:`', example: 'emb:*' }),
    dryRun: flagSchema.meta({ description: 'Counts the matches without deleting them' }),
  },
  {
    error: objectError,
  },
);

export const entryQuerySchema = z.strictObject({
  key: z
    .string({ error: 'is required' })
    .min(1, { error: 'must not be empty' })
    .max(1024, { error: 'must be at most 1024 characters' })
    .meta({ example: 'prod:emb:text-embedding-3-small:…' }),
});

const inputJsonSchemas = embeddingsBodySchema.shape.input.meta()?.['anyOf'] as object[];

/** Up to 100,000 texts to embed, in the format of the embeddings route. */
export const warmBodySchema = z
  .strictObject({
    model: embeddingsBodySchema.shape.model,
    dimensions: embeddingsBodySchema.shape.dimensions,
    texts: z
      .array(z.unknown(), { error: 'must be an array of strings' })
      .min(1, { error: 'must contain at least one text' })
      .max(100_000, { error: 'must contain at most 100000 texts' })
      .transform(everyItem(embeddingsBodySchema.shape.input))
      .transform((texts) => texts.flat())
      .meta({ items: { anyOf: inputJsonSchemas } }),
  })
  .meta({ id: 'WarmRequest' });

export type PurgeQuery = z.output<typeof purgeQuerySchema>;
export type EntryQuery = z.output<typeof entryQuerySchema>;
export type WarmBody = z.output<typeof warmBodySchema>;

const statistics = z.object({
  outcomes: z.record(z.string(), z.int()).meta({ example: { local_hit: 7, redis_hit: 2, miss: 1 } }),
  hitRate: z
    .number()
    .optional()
    .meta({ description: 'Fraction of the lookups that needed no upstream call', example: 0.9 }),
  saved: z
    .object({ items: z.int(), tokens: z.int(), milliseconds: z.int(), usd: z.number() })
    .meta({ description: 'Estimated cost of the hits, based on the average cost of loads' }),
});

export const statsResponseSchema = z
  .object({
    namespaces: z.record(z.string(), statistics),
    local: z.record(z.string(), z.object({ entries: z.int(), bytes: z.int() })),
    invalidation: z.boolean().meta({ description: 'True if this process receives invalidations' }),
  })
  .meta({ id: 'CacheStats' });

export const entryResponseSchema = z
  .object({
    key: z.string(),
    version: z.string().nullable(),
    tier: z.enum(['local', 'redis', 'none']),
    redisAnswered: z.boolean(),
    bytes: z.int().nullable(),
    ttlSeconds: z.number().nullable(),
    localTtlSeconds: z.number().nullable(),
    stored: z.object({ at: z.string(), ageSeconds: z.number(), cause: z.string() }).nullable(),
  })
  .meta({ id: 'CacheEntry' });
