import { toStoredSession } from '../stored-session.js';
import type { AppendResult, CompleteResult, UpdateResult } from './session-writer.js';

export type UpdateReply = [state: Buffer, ...(number | Buffer)[]];

/** Reply of `append-*.lua`; the number of dropped events is absent in a cluster. */
export type AppendReply = [state: Buffer, total?: number, unread?: number];

/** Reply of `complete-*.lua`; what follows the timestamp is different in a cluster. */
export type CompleteReply = [state: Buffer, total?: number, timestamp?: Buffer, ...rest: unknown[]];

export function toUpdateResult([state, ...rest]: UpdateReply): UpdateResult {
  switch (String(state)) {
    case 'ok':
      return { state: 'ok', session: toStoredSession(rest) };
    case 'too-many':
      return { state: 'too-many' };
    case 'changed':
      return { state: 'changed', current: rest[0]?.toString() };
    default:
      return { state: 'missing' };
  }
}

export const toAppendResult = ([state, total = 0]: AppendReply): AppendResult => ({
  state: String(state) as AppendResult['state'],
  total,
});

export const toCompleteResult = ([state, total = 0, timestamp]: CompleteReply): CompleteResult => ({
  state: String(state) as CompleteResult['state'],
  total,
  completedAt: String(timestamp ?? ''),
});
