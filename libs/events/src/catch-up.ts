import { Injectable } from '@nestjs/common';
import { type MissedEvents, SessionEventsRepository } from './session-events.repository.js';

/** What was missed, and where the process's own reading was before it was looked up. */
export interface CaughtUp extends MissedEvents {
  readonly position: string | undefined;
}

/**
 * Reads what listeners have missed: one read at a time for the whole process, shared by all listeners that miss the same.
 * However many clients come back at once, Redis has one bounded reply to make.
 */
@Injectable()
export class CatchUp {
  private readonly waiting = new Map<string, Promise<CaughtUp | undefined>>();
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly repository: SessionEventsRepository) {}

  /**
   * Reads the session's events after an id. Undefined while Redis is away.
   *
   * @param position asked when the read begins: all the session's events up to there are in the reply, or come later
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
      // From now on a listener that comes needs a later read: events may come between.
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
