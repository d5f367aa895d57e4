import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { compareIds, type StreamEvent } from '../event.js';
import { EventsRepository } from '../events.repository.js';
import { pause } from '../pause.js';
import { CatchUp } from './catch-up.js';
import { TooManyListenersError } from './event-hub.errors.js';
import { Listener } from './listener.js';
import { RecentEvents } from './recent-events.js';
import { StreamReader } from './stream-reader.js';
import type { Subscription } from './subscription.js';

/** Missed events are sent in steps of about this size. */
const charactersPerStep = 512 * 1024;
const minRetryMs = 250;
const maxRetryMs = 8_000;
/** Interval at which a new listener checks whether the reader has started. */
const startPollMs = 10;

/**
 * Sends listeners the events of their sessions, with one blocking reader of the stream for all of them. A listener that
 * reconnects with the id of its last event first gets the events that it missed, from memory or from Redis.
 */
@Injectable()
export class EventHub implements OnApplicationShutdown {
  private readonly bySession = new Map<string, Set<Listener>>();
  private count = 0;
  private readonly recent = new RecentEvents();
  private readonly reader: StreamReader;
  private readonly stopping = new AbortController();

  constructor(
    repository: EventsRepository,
    private readonly missed: CatchUp,
    private readonly config: MarqueeConfig,
  ) {
    const owner = {
      isReading: () => this.count > 0,
      onEvents: (events: readonly StreamEvent[], afterId: string) => this.dispatch(events, afterId),
      onStop: () => this.recent.clear(),
    };
    this.reader = new StreamReader(repository, owner, this.stopping.signal);
  }

  /** The number of subscriptions. */
  get listeners(): number {
    return this.count;
  }

  /**
   * Subscribes a listener. Returns a function that unsubscribes it, and a promise that resolves once no event can be missed.
   *
   * @throws TooManyListenersError
   */
  subscribe(subscription: Subscription): { stop: () => void; live: Promise<void> } {
    const { maxListeners } = this.config.events;
    if (this.count >= maxListeners) throw new TooManyListenersError(maxListeners);
    const listener = new Listener(subscription);
    const listeners = this.bySession.get(listener.sessionId) ?? new Set();
    this.bySession.set(listener.sessionId, listeners.add(listener));
    this.count++;
    this.reader.start();
    const caughtUp = this.catchUp(listener);
    // A listener that reconnects misses nothing, however long it takes to catch up.
    const live = subscription.afterId === undefined ? caughtUp : Promise.resolve();
    return { live, stop: () => this.remove(listener) };
  }

  /** Ends every subscription. Clients reconnect to another process. */
  endAll(): void {
    this.stopping.abort(new Error('The process is stopping'));
    for (const listeners of this.bySession.values())
      for (const { subscription } of listeners) subscription.end();
    this.bySession.clear();
    this.count = 0;
  }

  onApplicationShutdown(): void {
    this.endAll();
  }

  private remove(listener: Listener): void {
    const listeners = this.bySession.get(listener.sessionId);
    if (!listeners?.delete(listener)) return;
    this.count--;
    if (listeners.size === 0) this.bySession.delete(listener.sessionId);
  }

  private isListening(listener: Listener): boolean {
    return this.bySession.get(listener.sessionId)?.has(listener) ?? false;
  }

  /** Sends new events to the live listeners of their sessions, in one write for each listener. */
  private dispatch(events: readonly StreamEvent[], afterId: string): void {
    this.recent.add(events, afterId);
    const bySession = new Map<string, StreamEvent[]>();
    for (const event of events) {
      const earlier = bySession.get(event.sessionId);
      if (earlier) earlier.push(event);
      else if (this.bySession.has(event.sessionId)) bySession.set(event.sessionId, [event]);
    }
    for (const [session, its] of bySession) {
      for (const listener of this.bySession.get(session) ?? []) if (listener.isLive) this.send(listener, its);
    }
  }

  private send(listener: Listener, events: readonly StreamEvent[]): void {
    if (listener.send(events)) return;
    this.remove(listener);
    listener.subscription.end();
  }

  /** Sends missed events from Redis until the rest is in memory. Then the listener is live. */
  private async catchUp(listener: Listener): Promise<void> {
    const { signal } = this.stopping;
    const { drained } = listener.subscription;
    let failures = 0;
    while (this.isListening(listener) && !signal.aborted) {
      const { position } = this.reader;
      if (position === undefined) {
        await pause(startPollMs, signal);
      } else if (this.canContinueFromMemory(listener, position)) {
        if (this.sendRecent(listener)) {
          listener.isLive = true;
          return;
        }
        await drained();
      } else if (await this.sendMissed(listener)) {
        failures = 0;
        await drained();
      } else {
        const retryMs = Math.min(minRetryMs * 2 ** failures++, maxRetryMs);
        await pause(retryMs * (0.5 + Math.random() / 2), signal);
      }
    }
  }

  private canContinueFromMemory({ lastId }: Listener, position: string): boolean {
    return lastId === undefined || compareIds(lastId, position) >= 0 || this.recent.hasAllAfter(lastId);
  }

  /** Sends missed events from memory. Returns false if there are more than are sent at once. */
  private sendRecent(listener: Listener): boolean {
    const { sessionId, lastId } = listener;
    if (lastId === undefined) return true;
    const { events, isEnd } = this.recent.after(sessionId, lastId, charactersPerStep);
    this.send(listener, events);
    return isEnd;
  }

  /** Sends some of the missed events from Redis. Returns false if Redis does not reply. */
  private async sendMissed(listener: Listener): Promise<boolean> {
    const { sessionId, lastId = '' } = listener;
    const missed = await this.missed.read(sessionId, lastId, () => this.reader.position);
    if (!missed) return false;
    if (missed.hasGap) listener.reportGap();
    this.send(listener, missed.events);
    const { continueAfter, position } = missed;
    // At the end, the listener has everything up to the position that the reader had before.
    const reachedId = continueAfter ?? position;
    if (reachedId !== undefined) listener.skipTo(reachedId);
    return true;
  }
}
