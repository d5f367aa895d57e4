import { compareIds, type StreamEvent } from '../event.js';
import type { Subscription } from './subscription.js';

/** A subscription and the position up to which it has received events. */
export class Listener {
  /** Whether new events are sent as they are read. False while missed events are sent. */
  isLive = false;
  private receivedId: string;
  /** Whether all events from now on are newer than those received. */
  private isCurrent = false;
  private isGapReported = false;

  constructor(readonly subscription: Subscription) {
    this.receivedId = subscription.afterId ?? '';
  }

  get sessionId(): string {
    return this.subscription.sessionId;
  }

  /** The id up to which the listener has all events; undefined if it only wants new events and none has arrived. */
  get lastId(): string | undefined {
    return this.receivedId || undefined;
  }

  /** Sends the events that the listener does not have. Returns false if it does not keep up. */
  send(events: readonly StreamEvent[]): boolean {
    const { lastId } = this;
    const needsAll = this.isCurrent || lastId === undefined;
    const needed = needsAll ? events : events.filter(({ id }) => compareIds(id, lastId) > 0);
    const last = needed.at(-1);
    if (!last) return true;
    this.receivedId = last.id;
    this.isCurrent = this.isLive;
    return this.subscription.send(needed);
  }

  /** Records that there are no further events of the session up to an id. */
  skipTo(id: string): void {
    if (compareIds(id, this.receivedId) > 0) this.receivedId = id;
  }

  /** Reports missing events to the listener, at most once. */
  reportGap(): void {
    if (this.isGapReported) return;
    this.isGapReported = true;
    this.subscription.missing();
  }
}
