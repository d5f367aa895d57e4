import { indexSources } from '@app/search';
import { z } from 'zod';
import { flagSchema } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';

export const importQuerySchema = z.strictObject(
  { partial: flagSchema.meta({ description: 'Import the valid lines of a file that has invalid ones' }) },
  { error: objectError },
);
export type ImportQuery = z.output<typeof importQuerySchema>;

const time = z.iso.datetime();
const contents = {
  version: z.string().meta({ example: 'tmdb-mi9x3k2p-0f3a9c1d' }),
  source: z.enum(indexSources),
  movies: z.int(),
  updatedAt: time,
  model: z.string().nullable().meta({ description: 'The embedding model of the vectors' }),
};

export const indexResponseSchema = z
  .object({
    ...contents,
    ageSeconds: z.int().meta({ description: 'Time since the contents were updated' }),
    published: z
      .object({ ...contents, bytes: z.int(), chunks: z.int() })
      .nullable()
      .meta({ description: 'The index in Redis; null if there is none, or Redis does not reply' }),
    activity: z
      .object({
        kind: z.enum(['build', 'update', 'import']),
        state: z.enum(['running', 'succeeded', 'failed']),
        stage: z.enum(['reading', 'embedding', 'publishing']),
        done: z.int(),
        total: z.int().meta({ description: '0 if it is not known yet' }),
        startedAt: time,
        updatedAt: time,
      })
      .nullable()
      .meta({ description: 'The last build, update or import of the fleet' }),
    lastError: z.object({ message: z.string(), at: time }).nullable(),
    rebuildRequestedAt: time.nullable().meta({ description: 'Set until the rebuild has succeeded' }),
  })
  .meta({ id: 'IndexState' });

export const rebuildResponseSchema = z.object({ state: z.literal('queued') }).meta({ id: 'IndexRebuild' });

export const importResponseSchema = z
  .object({
    version: z.string(),
    movies: z.int().meta({ description: 'Number of movies in the index now' }),
    skipped: z.int().meta({ description: 'Number of invalid lines, with `partial=true`' }),
    errors: z
      .array(z.object({ field: z.string().meta({ example: 'line 12' }), message: z.string() }))
      .meta({ description: 'What is wrong with the first of them' }),
    embedded: z.int().meta({ description: 'Number of movies whose vectors were created' }),
    published: z.boolean().meta({
      description: 'False if Redis is unavailable: until it is, only the process that responds has the index',
    }),
  })
  .meta({ id: 'IndexImport' });
