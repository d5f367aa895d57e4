import { ownFields } from '@app/sessions';
import { z } from 'zod';
import { clientIdSchema, wholeNumber } from '../http/query-schemas.js';
import { objectError, recordError } from '../http/schema-messages.js';

const mostChunksAtOnce = 1_000;
const longestChunk = 32_768;
const own = new Set<string>(ownFields);

/** What travels as UTF-8 and comes back the same. */
const text = (most: number) =>
  z
    .string({ error: 'must be a string' })
    .max(most, { error: `must be at most ${most} characters` })
    .refine((value) => value.isWellFormed(), {
      error: 'must be well-formed Unicode: it holds a lone surrogate',
    });
const label = text(256).min(1, { error: 'must not be empty' });
const language = z
  .string({ error: 'must be a string' })
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'must be a language tag such as en-US' });
const fieldName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, { error: 'field names must be 1 to 64 letters, digits, ".", "_" or "-"' })
  .refine((name) => !own.has(name), { error: 'is a name that Marquee uses itself: choose another' });
/** Scalars are kept as their text, as Redis does. */
const fieldValue = z
  .union([text(2_048), z.number(), z.boolean()], { error: 'must be a string, a number or true or false' })
  .transform(String);
const objectOf = { error: objectError };

/** No body is an empty one. */
const orEmpty = <T extends z.ZodType>(schema: T) => z.preprocess((body) => body ?? {}, schema);

export const sessionParamsSchema = z.object({ id: clientIdSchema });

export const createSessionSchema = orEmpty(
  z
    .strictObject(
      {
        userId: label.optional().meta({ example: 'viewer-7' }),
        agentId: label.optional(),
        language: language.optional().meta({ example: 'en-US' }),
        metadata: z
          .record(fieldName, fieldValue, { error: recordError })
          .optional()
          .meta({ example: { device: 'tv' } }),
      },
      objectOf,
    )
    .meta({ id: 'SessionDraft' }),
);

export const patchSessionSchema = z
  .strictObject(
    {
      userId: label.nullable().optional(),
      agentId: label.nullable().optional(),
      language: language.nullable().optional(),
      metadata: z
        .record(fieldName, fieldValue.nullable(), { error: recordError })
        .optional()
        .meta({ description: 'Fields to set; null removes one' }),
    },
    objectOf,
  )
  .meta({ id: 'SessionPatch' });

export const extendSessionSchema = orEmpty(
  z
    .strictObject(
      {
        ttlSeconds: z
          .int({ error: 'must be a whole number' })
          .min(1, { error: 'must be at least 1' })
          .max(604_800, { error: 'must be at most 604800: seven days' })
          .default(86_400),
      },
      objectOf,
    )
    .meta({ id: 'SessionExtension' }),
);

const chunk = text(longestChunk).min(1, { error: 'must not be empty' });

export const appendSchema = z
  .strictObject(
    {
      chunks: z
        .array(chunk, { error: 'is required and must be an array of strings' })
        .min(1, { error: 'must hold at least one chunk' })
        .max(mostChunksAtOnce, { error: `must hold at most ${mostChunksAtOnce} chunks` })
        .meta({ example: ['I want a heist film', 'from the nineties'] }),
    },
    objectOf,
  )
  .meta({ id: 'TranscriptChunks' });

export const completeSchema = orEmpty(
  z
    .strictObject(
      {
        deleteTranscript: z
          .boolean({ error: 'must be true or false' })
          .default(false)
          .meta({ description: 'Takes the transcript away; consumers still get the whole text' }),
      },
      objectOf,
    )
    .meta({ id: 'SessionCompletion' }),
);

export const pageQuerySchema = z.strictObject(
  { offset: wholeNumber(0, 0, 999_999_999), limit: wholeNumber(1_000, 1, 1_000) },
  objectOf,
);

export const listQuerySchema = z.strictObject(
  {
    limit: wholeNumber(50, 1, 200),
    cursor: z
      .string()
      .regex(/^\d{1,16}-[A-Za-z0-9._~-]{1,128}$/, { error: 'must be the nextCursor of the page before' })
      .transform((cursor) => {
        const separator = cursor.indexOf('-');
        return { usedMs: Number(cursor.slice(0, separator)), id: cursor.slice(separator + 1) };
      })
      .optional(),
  },
  objectOf,
);

export const idempotencyKeySchema = z
  .string()
  .regex(/^[\x21-\x7e]{1,256}$/, { error: 'must be 1 to 256 printable ASCII characters' });

export type SessionParams = z.output<typeof sessionParamsSchema>;
export type CreateSession = z.output<typeof createSessionSchema>;
export type PatchSession = z.output<typeof patchSessionSchema>;
export type ExtendSession = z.output<typeof extendSessionSchema>;
export type AppendBody = z.output<typeof appendSchema>;
export type CompleteBody = z.output<typeof completeSchema>;
export type PageQuery = z.output<typeof pageQuerySchema>;
export type ListQuery = z.output<typeof listQuerySchema>;

export const sessionSchema = z
  .object({
    id: z.string().meta({ example: '01a1fe41-a5f5-76ab-8665-36b9a52eb830' }),
    tenantId: z.string(),
    userId: z.string().nullable(),
    agentId: z.string().nullable(),
    language: z.string().nullable(),
    startedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso
      .datetime()
      .meta({ description: 'Its end, unless it is used before: any use lets it live a day' }),
    completedAt: z.iso.datetime().nullable(),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'Session' });

export const sessionsPageSchema = z
  .object({ sessions: z.array(sessionSchema), nextCursor: z.string().nullable() })
  .meta({ id: 'SessionsPage' });
export const appendedSchema = z
  .object({ total: z.int().meta({ description: 'Chunks in all' }) })
  .meta({ id: 'TranscriptAppended' });
export const transcriptSchema = z
  .object({ chunks: z.array(z.string()), total: z.int() })
  .meta({ id: 'Transcript' });
export const completedSchema = z
  .object({ total: z.int(), completedAt: z.iso.datetime() })
  .meta({ id: 'SessionCompleted' });
