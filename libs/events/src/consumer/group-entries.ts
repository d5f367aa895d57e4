import { pairsOf } from '@app/redis';
import { type StreamEvent, toEvent } from '../event.js';
import { type StreamEntry, toFieldMap } from '../stream-entry.js';

/** Where a group's entries come from: the stream of all events, or the group's own stream of replayed dead letters. */
export type Lane = 'events' | 'replays';
export const lanes: readonly Lane[] = ['events', 'replays'];

export interface EntryRef {
  readonly lane: Lane;
  /** The id of the entry in its stream. A replayed event has another id. */
  readonly id: string;
}

/** An entry that was delivered to a consumer. */
export interface TakenEntry {
  readonly ref: EntryRef;
  readonly event: StreamEvent;
}

/** The attempts to handle an entry, as stored for its next owner. */
export interface AttemptRecord {
  readonly attempts: number;
  readonly state: 'started' | 'failed' | 'waiting';
  readonly reason: string;
}

/** An entry that was taken over from another consumer. */
export interface ClaimedEntry {
  readonly ref: EntryRef;
  readonly record: AttemptRecord | undefined;
  /** False if the entry was trimmed from the stream. */
  readonly exists: boolean;
}

export const MAX_REASON_LENGTH = 500;

/** Encodes a record. `toAttemptRecord` decodes it; `start-attempt-2.lua` writes records without a reason. */
export const fromAttemptRecord = ({ attempts, state, reason }: AttemptRecord): string =>
  `${attempts} ${state} ${reason.slice(0, MAX_REASON_LENGTH)}`;

/** Decodes a record; undefined if there is none. */
export function toAttemptRecord(text: string): AttemptRecord | undefined {
  const match = /^(\d+) (started|failed|waiting) ?([^]*)$/.exec(text);
  if (!match) return undefined;
  const [, attempts, state, reason = ''] = match;
  return { attempts: Number(attempts), state: state as AttemptRecord['state'], reason };
}

/** Decodes the entries of a stream. A replayed event keeps the id under which consumers know it. */
export function toTakenEntries(lane: Lane, entries: readonly StreamEntry[]): TakenEntry[] {
  return entries.map(([entryId, fields]) => {
    const id = String(entryId);
    const eventId = String(fields[0]) === 'replay_of' ? String(fields[1]) : id;
    return { ref: { lane, id }, event: toEvent(eventId, toFieldMap(fields)) };
  });
}

/** Decodes the reply of XREADGROUP, which is nil if no entry arrived in time. */
export function toTakenByLane(reply: unknown, laneOf: ReadonlyMap<string, Lane>): TakenEntry[] {
  return pairsOf((reply ?? []) as unknown[]).flatMap(([key, entries]) =>
    toTakenEntries(laneOf.get(key) as Lane, entries as StreamEntry[]),
  );
}

/** Decodes the reply of `claim-2.lua`. */
export function toClaimedEntries(lane: Lane, reply: unknown): ClaimedEntry[] {
  const flat = reply as (Buffer | number)[];
  return Array.from({ length: flat.length / 3 }, (_, index) => ({
    ref: { lane, id: String(flat[3 * index]) },
    record: toAttemptRecord(String(flat[3 * index + 1])),
    exists: flat[3 * index + 2] === 1,
  }));
}
