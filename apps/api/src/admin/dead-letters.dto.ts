import { isStreamId } from '@app/events';
import { z } from 'zod';
import { wholeNumber } from '../http/query-schemas.js';
import { objectError } from '../http/schema-messages.js';

const strictObject = { error: objectError };
const text = (maxCharacters: number) =>
  z
    .string({ error: 'must be a string' })
    .min(1, { error: 'must not be empty' })
    .max(maxCharacters, { error: `must be at most ${maxCharacters} characters` });

const filterShape = {
  group: text(128).optional().meta({ description: 'Consumer group', example: 'archive-webhook' }),
  type: text(128).optional().meta({ description: 'Event type', example: 'transcript_completed' }),
  session: text(256).optional().meta({ description: 'Session id' }),
  reason: text(200)
    .optional()
    .meta({ description: 'Part of the reason, case-insensitive', example: 'HTTP 422' }),
};
const cursor = z
  .string({ error: 'must be a string' })
  .refine(isStreamId, { error: 'must be the nextCursor of the previous page' })
  .optional();
const flag = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((value) => value === 'true');

export const deadLetterParamsSchema = z.object({
  id: z
    .string()
    .regex(/^\d{1,15}-\d{1,15}$/, { error: 'must be the id of a dead letter, such as 1764000000000-0' }),
});

export const deadLettersQuerySchema = z.strictObject(
  { ...filterShape, cursor, limit: wholeNumber(50, 1, 200) },
  strictObject,
);

const maxBatch = 10_000;

/** Without a body, all dead letters match. */
export const replayBodySchema = z.preprocess(
  (body) => body ?? {},
  z
    .strictObject(
      {
        ...filterShape,
        cursor,
        limit: z
          .int({ error: 'must be a whole number' })
          .min(1, { error: 'must be at least 1' })
          .max(maxBatch, { error: `must be at most ${maxBatch}` })
          .default(1_000),
        dryRun: z
          .boolean({ error: 'must be true or false' })
          .default(false)
          .meta({ description: 'Counts the matches without replaying them' }),
      },
      strictObject,
    )
    .meta({ id: 'DeadLetterReplay' }),
);

export const deleteQuerySchema = z
  .strictObject(
    {
      ...filterShape,
      all: flag.meta({ description: 'Required if there is no filter' }),
      cursor,
      limit: wholeNumber(1_000, 1, maxBatch),
      dryRun: flag.meta({ description: 'Counts the matches without deleting them' }),
    },
    strictObject,
  )
  .refine(({ all, group, type, session, reason }) => all || group || type || session || reason, {
    path: ['all'],
    error: 'must be true to delete dead letters without a filter',
  });

export type DeadLetterParams = z.output<typeof deadLetterParamsSchema>;
export type DeadLettersQuery = z.output<typeof deadLettersQuerySchema>;
export type ReplayBody = z.output<typeof replayBodySchema>;
export type DeleteQuery = z.output<typeof deleteQuerySchema>;

const deadLetterSchema = z
  .object({
    id: z.string().meta({ example: '1764000000000-0' }),
    group: z.string().meta({ description: 'The consumer group that could not handle it' }),
    eventId: z.string(),
    type: z.string().meta({ example: 'transcript_completed' }),
    sessionId: z.string(),
    tenantId: z.string(),
    attempts: z.int().meta({ description: 'Number of delivery attempts' }),
    reason: z.string().meta({ description: 'Why the last attempt failed' }),
    timestamp: z.string().meta({ description: 'Time of the event' }),
    deadSince: z.string().meta({ description: 'When it became a dead letter' }),
    transcriptBytes: z.int().meta({ description: 'Size of the whole text' }),
    excerpt: z.string().meta({ description: 'The beginning of the text, up to 200 bytes' }),
  })
  .meta({ id: 'DeadLetter' });

export const deadLettersResponseSchema = z
  .object({
    results: z.array(deadLetterSchema),
    total: z.int().meta({ description: 'Total number of dead letters, regardless of the filter' }),
    nextCursor: z.string().nullable(),
  })
  .meta({ id: 'DeadLetters' });

export const replayedResponseSchema = z
  .object({ replayed: z.int(), group: z.string(), eventId: z.string() })
  .meta({ id: 'DeadLetterReplayed' });

export const deletedResponseSchema = z.object({ deleted: z.int() }).meta({ id: 'DeadLetterDeleted' });

const batch = {
  matched: z.int().meta({ description: 'Number of matches among the dead letters that this call examined' }),
  dryRun: z.boolean(),
  nextCursor: z.string().nullable().meta({ description: 'Cursor of the next call; null at the end' }),
};

export const replayAllResponseSchema = z
  .object({ ...batch, replayed: z.int() })
  .meta({ id: 'DeadLettersReplayed' });
export const deleteAllResponseSchema = z
  .object({ ...batch, deleted: z.int() })
  .meta({ id: 'DeadLettersDeleted' });
