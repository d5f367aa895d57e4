import {
  depthOf,
  MAX_SESSION_TTL_SECONDS,
  MAX_STATE_BYTES,
  MAX_STATE_DEPTH,
  MIN_SESSION_TTL_SECONDS,
  ownFields,
  sessionTtls,
} from '@app/sessions';
import { z } from 'zod';
import { clientIdSchema, wholeNumber } from '../http/query-schemas.js';
import { objectError, recordError } from '../http/schema-messages.js';

const maxChunksPerRequest = 1_000;
const maxChunkLength = 32_768;
const reservedNames = new Set<string>(ownFields);

/** A string that survives encoding as UTF-8. */
const text = (maxLength: number) =>
  z
    .string({ error: 'must be a string' })
    .max(maxLength, { error: `must be at most ${maxLength} characters` })
    .refine((value) => value.isWellFormed(), {
      error: 'must be well-formed Unicode: it contains a lone surrogate',
    });
const label = text(256).min(1, { error: 'must not be empty' });
const language = z
  .string({ error: 'must be a string' })
  .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/, { error: 'must be a language tag such as en-US' });
const fieldName = z
  .string()
  .regex(/^[A-Za-z0-9_.-]{1,64}$/, { error: 'field names must be 1 to 64 letters, digits, ".", "_" or "-"' })
  .refine((name) => !reservedNames.has(name), { error: 'is a reserved name: choose another' });
/** A scalar, which is stored as a string. */
const fieldValue = z
  .union([text(2_048), z.number(), z.boolean()], { error: 'must be a string, a number or a boolean' })
  .transform(String);
const objectOf = { error: objectError };

const ttlMessage = `must be a whole number from ${MIN_SESSION_TTL_SECONDS} to ${MAX_SESSION_TTL_SECONDS} (30 days)`;
const ttlSeconds = z
  .int({ error: ttlMessage })
  .min(MIN_SESSION_TTL_SECONDS, { error: ttlMessage })
  .max(MAX_SESSION_TTL_SECONDS, { error: ttlMessage });
const ttlNames = Object.keys(sessionTtls) as (keyof typeof sessionTtls)[];

/** A nested JSON object. Its size is checked after the merge. */
const state = z
  .record(z.string(), z.unknown(), { error: recordError })
  .refine((value) => depthOf(value) <= MAX_STATE_DEPTH, {
    error: `must be nested at most ${MAX_STATE_DEPTH} levels deep`,
  });

/** Treats a missing body as an empty one. */
const orEmpty = <T extends z.ZodType>(schema: T) => z.preprocess((body) => body ?? {}, schema);

export const sessionParamsSchema = z.object({ id: clientIdSchema });

export const createSessionSchema = orEmpty(
  z
    .strictObject(
      {
        userId: label.optional().meta({ example: 'viewer-7' }),
        agentId: label.optional(),
        language: language.optional().meta({ example: 'en-US' }),
        ttlSeconds: ttlSeconds.optional().meta({
          description: 'Time to live, renewed by each use of the session; 86400 by default',
        }),
        ttl: z
          .enum(ttlNames, { error: `must be one of ${ttlNames.join(', ')}` })
          .optional()
          .meta({
            description: `A named TTL instead of \`ttlSeconds\`: ${ttlNames.map((name) => `${name} is ${sessionTtls[name]} s`).join(', ')}`,
          }),
        metadata: z
          .record(fieldName, fieldValue, { error: recordError })
          .optional()
          .meta({ example: { device: 'tv' } }),
        state: state.optional().meta({
          description: `Nested JSON, at most ${MAX_STATE_BYTES} bytes and ${MAX_STATE_DEPTH} levels`,
          example: { cart: { movies: [949] } },
        }),
      },
      objectOf,
    )
    .refine(({ ttl, ttlSeconds: explicit }) => ttl === undefined || explicit === undefined, {
      path: ['ttl'],
      error: 'must not be combined with ttlSeconds',
    })
    .transform(({ ttl, ...draft }) =>
      ttl === undefined ? draft : { ...draft, ttlSeconds: sessionTtls[ttl] },
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
        .meta({ description: 'Fields to set; null removes a field' }),
      state: state
        .nullable()
        .optional()
        .meta({
          description:
            'A JSON Merge Patch (RFC 7396): objects are merged, arrays and scalars are replaced, and null removes a member',
          example: { cart: { movies: [949, 680] } },
        }),
      replaceState: z
        .boolean({ error: 'must be true or false' })
        .optional()
        .meta({ description: 'Replaces the stored state instead of merging `state` into it' }),
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
          .max(MAX_SESSION_TTL_SECONDS, { error: `must be at most ${MAX_SESSION_TTL_SECONDS} (30 days)` })
          .default(86_400),
      },
      objectOf,
    )
    .meta({ id: 'SessionExtension' }),
);

const chunk = text(maxChunkLength).min(1, { error: 'must not be empty' });

export const appendSchema = z
  .strictObject(
    {
      chunks: z
        .array(chunk, { error: 'is required and must be an array of strings' })
        .min(1, { error: 'must contain at least one chunk' })
        .max(maxChunksPerRequest, { error: `must contain at most ${maxChunksPerRequest} chunks` })
        .meta({ example: ['I want a heist movie', 'from the nineties'] }),
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
          .meta({ description: 'Deletes the transcript; consumers still receive the whole text' }),
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
    userId: label.optional().meta({ description: 'Only the sessions of this user' }),
    limit: wholeNumber(50, 1, 200),
    cursor: z
      .string()
      .regex(/^\d{1,16}-[A-Za-z0-9._~-]{1,128}$/, { error: 'must be the nextCursor of the previous page' })
      .transform((cursor) => {
        const separator = cursor.indexOf('-');
        return { usedMs: Number(cursor.slice(0, separator)), id: cursor.slice(separator + 1) };
      })
      .optional(),
  },
  objectOf,
);

export const deleteQuerySchema = z.strictObject(
  {
    userId: z
      .string({ error: 'is required' })
      .pipe(label)
      .meta({ description: 'The user whose sessions are deleted' }),
    limit: wholeNumber(100, 1, 1_000),
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
export type DeleteQuery = z.output<typeof deleteQuerySchema>;
export type ListQuery = z.output<typeof listQuerySchema>;

export const sessionSummarySchema = z
  .object({
    id: z.string().meta({ example: '01a1fe41-a5f5-76ab-8665-36b9a52eb830' }),
    tenantId: z.string(),
    userId: z.string().nullable(),
    agentId: z.string().nullable(),
    language: z.string().nullable(),
    startedAt: z.iso.datetime().nullable(),
    expiresAt: z.iso.datetime().meta({
      description: 'Time at which the session expires unless it is used before; each use renews it',
    }),
    completedAt: z.iso.datetime().nullable(),
    ttlSeconds: z.int().meta({ description: 'Time to live, renewed by each use of the session' }),
    metadata: z.record(z.string(), z.string()),
  })
  .meta({ id: 'SessionSummary' });

export const sessionSchema = sessionSummarySchema
  .extend({
    state: z.record(z.string(), z.unknown()).nullable().meta({ description: 'null if the session has none' }),
  })
  .meta({ id: 'Session' });

export const sessionsPageSchema = z
  .object({ sessions: z.array(sessionSummarySchema), nextCursor: z.string().nullable() })
  .meta({ id: 'SessionsPage' });
export const sessionsDeletedSchema = z
  .object({
    deleted: z.int(),
    complete: z.boolean().meta({ description: 'False if sessions remain: repeat the call' }),
  })
  .meta({ id: 'SessionsDeleted' });
export const appendedSchema = z
  .object({ total: z.int().meta({ description: 'Total number of chunks' }) })
  .meta({ id: 'TranscriptAppended' });
export const transcriptSchema = z
  .object({ chunks: z.array(z.string()), total: z.int() })
  .meta({ id: 'Transcript' });
export const completedSchema = z
  .object({ total: z.int(), completedAt: z.iso.datetime() })
  .meta({ id: 'SessionCompleted' });
