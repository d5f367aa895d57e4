import { z } from 'zod';
import { clientIdSchema } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';

/** Beyond this, a result belongs into a store of its own. */
export const largestResultBytes = 1_048_576;

export const taskParamsSchema = z.object({
  id: clientIdSchema.meta({ example: 'task-42' }),
});

export const taskBodySchema = z
  .strictObject(
    {
      result: z
        .unknown()
        .refine((result) => result !== undefined, { error: 'is required: any JSON' })
        .meta({ example: { films: [949] } }),
    },
    { error: objectError },
  )
  .meta({ id: 'TaskResultDraft' });

export type TaskParams = z.output<typeof taskParamsSchema>;
export type TaskBody = z.output<typeof taskBodySchema>;

export const taskAnswerSchema = z.object({ id: z.string(), result: z.unknown() }).meta({ id: 'TaskResult' });
export const taskKeptSchema = z
  .object({ id: z.string(), expiresAt: z.iso.datetime() })
  .meta({ id: 'TaskResultKept' });
