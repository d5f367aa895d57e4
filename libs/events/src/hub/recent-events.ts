import { compareIds, type StreamEvent } from '../event.js';

const maxEvents = 5_000;
const maxCharacters = 16 * 1024 * 1024;

/** The latest events of all sessions in memory, so that clients which reconnect at the same time do not each read from Redis. */
export class RecentEvents {
  private events: StreamEvent[] = [];
  private characters = 0;
  /** Every event after this id is in `events`. */
  private startId: string | undefined;

  /** Adds the events that follow `afterId` in the stream. */
  add(events: readonly StreamEvent[], afterId: string): void {
    this.startId ??= afterId;
    for (const event of events) {
      this.events.push(event);
      this.characters += event.transcript.length;
      if (this.events.length > maxEvents || this.characters > maxCharacters) this.dropOldest();
    }
  }

  clear(): void {
    this.events = [];
    this.characters = 0;
    this.startId = undefined;
  }

  /** Returns whether all events after an id are in memory. */
  hasAllAfter(id: string): boolean {
    return this.startId !== undefined && compareIds(this.startId, id) <= 0;
  }

  /** Returns the events of a session after an id. `isEnd` is false if there are more than `maxCharacters` of text allow. */
  after(sessionId: string, id: string, maxCharacters: number): { events: StreamEvent[]; isEnd: boolean } {
    const events: StreamEvent[] = [];
    let characters = 0;
    for (const event of this.events) {
      if (event.sessionId !== sessionId || compareIds(event.id, id) <= 0) continue;
      events.push(event);
      characters += event.transcript.length;
      if (characters > maxCharacters) return { events, isEnd: false };
    }
    return { events, isEnd: true };
  }

  private dropOldest(): void {
    const dropped = this.events.splice(0, Math.ceil(this.events.length / 4));
    for (const { transcript } of dropped) this.characters -= transcript.length;
    this.startId = dropped.at(-1)?.id ?? this.startId;
  }
}
