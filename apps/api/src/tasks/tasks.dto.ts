import { MAX_TASK_TTL_SECONDS, MIN_TASK_TTL_SECONDS, TASK_TTL_SECONDS, taskStatuses } from '@app/tasks';
import { z } from 'zod';
import { clientIdSchema } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';

export const taskParamsSchema = z.object({
  id: clientIdSchema.meta({ example: 'task-42' }),
});

const progressError = { error: 'must be a number from 0 to 1' };
const ttlMessage = `must be a whole number from ${MIN_TASK_TTL_SECONDS} to ${MAX_TASK_TTL_SECONDS} (seven days)`;

export const taskBodySchema = z
  .strictObject(
    {
      status: z.enum(taskStatuses, { error: `must be one of ${taskStatuses.join(', ')}` }).default('done'),
      progress: z.number(progressError).min(0, progressError).max(1, progressError).optional().meta({
        description:
          'From 0 to 1. If omitted, the previous value is retained. The progress of a task that is done is 1',
      }),
      result: z
        .unknown()
        .optional()
        .meta({
          description:
            'Any JSON. Required if the status is `done`; the cause of the failure if it is `failed`; not allowed otherwise',
          example: { movies: [949] },
        }),
      ttlSeconds: z
        .int({ error: ttlMessage })
        .min(MIN_TASK_TTL_SECONDS, { error: ttlMessage })
        .max(MAX_TASK_TTL_SECONDS, { error: ttlMessage })
        .optional()
        .meta({
          description: `Time to live after this write. If omitted, the previous TTL applies, or ${TASK_TTL_SECONDS} for a new task`,
        }),
    },
    { error: objectError },
  )
  .superRefine(({ status, result }, context) => {
    const reject = (message: string): void => context.addIssue({ code: 'custom', path: ['result'], message });
    const isUnfinished = status === 'pending' || status === 'running';
    if (status === 'done' && result === undefined) reject('is required: any JSON');
    if (isUnfinished && result !== undefined) reject(`must be absent while the task is ${status}`);
  })
  .meta({ id: 'TaskDraft' });

export type TaskParams = z.output<typeof taskParamsSchema>;
export type TaskBody = z.output<typeof taskBodySchema>;

const status = z.enum(taskStatuses);
const progress = z.number().nullable().meta({ description: 'From 0 to 1; null if unknown' });

export const taskSchema = z
  .object({
    id: z.string(),
    status,
    progress,
    result: z.unknown().meta({ description: 'null until the task is finished' }),
  })
  .meta({ id: 'Task' });
export const taskStoredSchema = z
  .object({ id: z.string(), status, progress, expiresAt: z.iso.datetime() })
  .meta({ id: 'TaskStored' });
