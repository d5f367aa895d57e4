import { pairsOf } from '@app/redis';
import { type StreamEvent, toEvent } from './event.js';

/** An entry of a stream as Redis replies it: the id, then fields and values in turn. */
export type StreamEntry = readonly [id: Buffer, fields: readonly Buffer[]];

/** Returns the fields of an entry as a map of text. */
export function toFieldMap(fields: readonly Buffer[]): Map<string, string> {
  return new Map(pairsOf(fields).map(([field, value]) => [field, String(value)]));
}

/** Decodes an entry of the event stream. */
export const toStreamEvent = ([id, fields]: StreamEntry): StreamEvent =>
  toEvent(String(id), toFieldMap(fields));
