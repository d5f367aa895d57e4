import { createHash } from 'node:crypto';
import { MAX_EXCERPT_BYTES } from '@app/events';
import {
  IDEMPOTENCY_TTL_MS,
  MAX_CHUNKS,
  MAX_FIELDS,
  MAX_TRANSCRIPT_BYTES,
  MAX_UNARCHIVED_MS,
  MIN_UNARCHIVED_TTL_MS,
  SESSION_TTL_MS,
  UNCLAIMED_TTL_MS,
} from '../session.js';
import type { SessionKeys } from '../session-keys.js';
import type { Append, SessionRef, SessionUpdate } from './session-writer.js';

type Arguments = (string | number)[];

/** Milliseconds for which a session and its transcript are kept for consumers: arguments of `complete` and `settle`. */
export const keepArguments: Arguments = [MIN_UNARCHIVED_TTL_MS, MAX_UNARCHIVED_MS, UNCLAIMED_TTL_MS];

/** Returns the first arguments of `update-*.lua`. */
export function updateArguments({ tenantId }: SessionRef, { expectedState }: SessionUpdate): Arguments {
  const expected =
    expectedState === undefined ? 'any' : expectedState === null ? 'none' : sha1(expectedState);
  return [tenantId, SESSION_TTL_MS, MAX_FIELDS, expected];
}

/** Returns the last arguments of `update-*.lua`. */
export const changeArguments = ({ set, removed }: SessionUpdate): Arguments => [
  set.size,
  ...[...set].flat(),
  ...removed,
];

/** Returns the first keys of `append-*.lua`. */
export const appendKeys = (keys: SessionKeys, { id }: SessionRef, { idempotencyKey }: Append): string[] => [
  keys.metadata(id),
  keys.transcript(id),
  idempotencyKey === undefined ? keys.metadata(id) : keys.idempotency(id, digest(idempotencyKey)),
];

/** Returns the first arguments of `append-*.lua`. */
export const appendArguments = ({ tenantId }: SessionRef, { chunks, idempotencyKey }: Append): Arguments => [
  tenantId,
  SESSION_TTL_MS,
  idempotencyKey === undefined ? '' : digest(JSON.stringify(chunks)),
  IDEMPOTENCY_TTL_MS,
  MAX_CHUNKS,
  MAX_TRANSCRIPT_BYTES,
];

/** Returns the first arguments of `complete-*.lua`. */
export const completeArguments = ({ tenantId }: SessionRef, deleteTranscript: boolean): Arguments => [
  tenantId,
  SESSION_TTL_MS,
  new Date().toISOString(),
  deleteTranscript ? '1' : '0',
  MAX_EXCERPT_BYTES,
  ...keepArguments,
];

/** Returns the first arguments of `delete-*.lua`. */
export const deleteArguments = ({ tenantId }: SessionRef): Arguments => [tenantId, MAX_UNARCHIVED_MS];

const digest = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 32);

const sha1 = (text: string): string => createHash('sha1').update(text, 'utf8').digest('hex');
