import { z } from 'zod';
import { flagSchema, wholeNumber } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';

const glob = z
  .string()
  .min(1, { error: 'must not be empty' })
  .max(512, { error: 'must be at most 512 characters' });

export const purgeSessionsQuerySchema = z
  .strictObject(
    {
      tenantId: glob.optional().meta({ description: 'A glob pattern of tenant ids', example: 'acme' }),
      userId: glob.optional().meta({ description: 'A glob pattern of user ids', example: 'viewer-7' }),
      pattern: glob
        .regex(/^session:/, { error: 'must begin with session:' })
        .optional()
        .meta({ description: 'A glob pattern of keys below `{env}:`', example: 'session:0190*' }),
      dryRun: flagSchema.meta({ description: 'Counts the matches without deleting them' }),
      limit: wholeNumber(10_000, 1, 1_000_000).meta({ description: 'Maximum number of sessions' }),
    },
    { error: objectError },
  )
  .refine((query) => query.tenantId ?? query.userId ?? query.pattern, {
    path: ['pattern'],
    error: 'is required unless tenantId or userId is given',
  });

export type PurgeSessionsQuery = z.output<typeof purgeSessionsQuerySchema>;
