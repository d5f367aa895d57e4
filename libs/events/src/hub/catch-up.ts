import { Injectable } from '@nestjs/common';
import { type MissedEvents, SessionEventsRepository } from './session-events.repository.js';

export interface CaughtUp extends MissedEvents {
  /** The position of the process's own reader when the read started. */
  readonly position: string | undefined;
}

/**
 * Reads events that listeners have missed. A process runs one such read at a time, and listeners that need the same events
 * share it, so that many clients which reconnect at once do not overload Redis.
 */
@Injectable()
export class CatchUp {
  private readonly waiting = new Map<string, Promise<CaughtUp | undefined>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly repository: SessionEventsRepository) {}

  /**
   * Reads the session's events after an id. Returns undefined if Redis does not reply.
   *
   * @param position returns the position of the process's own reader; it is called when the read starts
   */
  read(
    sessionId: string,
    afterId: string,
    position: () => string | undefined,
  ): Promise<CaughtUp | undefined> {
    const range = `${sessionId} ${afterId}`;
    const shared = this.waiting.get(range);
    if (shared) return shared;
    const read = this.last.then(async () => {
      // A listener that arrives from now on needs another read, because events may be published meanwhile.
      this.waiting.delete(range);
      const before = position();
      const missed = await this.repository.after(sessionId, afterId);
      return missed && { ...missed, position: before };
    });
    this.waiting.set(range, read);
    this.last = read.catch(() => undefined);
    return read;
  }
}
