import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { CatchUp } from './catch-up.js';
import { compareIds, type StreamEvent } from './event.js';
import { TooManyListenersError } from './event-hub.errors.js';
import { EventsRepository } from './events.repository.js';

/** The number of entries per read adapts to their size, since another program may publish large ones. */
const maxEntriesPerRead = 64;
const charactersPerRead = 512 * 1024;
/** Maximum of missed events that is sent at once. */
const charactersPerStep = 512 * 1024;
const blockMs = 5_000;
const pauseAfterFailureMs = 250;
const maxPauseAfterFailureMs = 8_000;
/** The latest events are kept in memory, so that many clients which reconnect at once do not each read from Redis. */
const maxRecent = 5_000;
const maxRecentCharacters = 16 * 1024 * 1024;

export interface Subscription {
  readonly sessionId: string;
  /** Events after this one; the next to come without. */
  readonly afterId: string | undefined;
  /** Hands events over, all listeners the same list; false when the listener does not keep up, and is given up. */
  readonly send: (events: readonly StreamEvent[]) => boolean;
  /** Events after `afterId` are not kept any more: says so once, before what is still kept. */
  readonly missing: () => void;
  /** When what was handed over has gone out: what was missed is handed over no faster. */
  readonly drained: () => Promise<void>;
  /** The listener is given up, or the process ends. */
  readonly end: () => void;
}

interface Listener extends Subscription {
  /** Id of the last event that it was sent. */
  lastId: string;
  /** False while it catches up. */
  isLive: boolean;
  /** Whether it is live and all that comes is later than what it has. */
  isPast: boolean;
  /** Whether `missing` was called. */
  isGapReported: boolean;
}

/**
 * Sends listeners the events of their sessions, with one blocking reader of the stream for all of them. A listener that
 * reconnects with the id of its last event first gets the events that it missed, from memory or from Redis.
 */
@Injectable()
export class EventHub implements OnApplicationShutdown {
  private readonly logger = new Logger('Events');
  private readonly bySession = new Map<string, Set<Listener>>();
  private count = 0;
  private recent: StreamEvent[] = [];
  private recentCharacters = 0;
  /** Every event after this one is in `recent`. */
  private recentAfter: string | undefined;
  private entriesPerRead = maxEntriesPerRead;
  /** Every event up to here was handed to live listeners. */
  private position: string | undefined;
  private reading: Promise<void> | undefined;
  private readonly stopping = new AbortController();

  constructor(
    private readonly repository: EventsRepository,
    private readonly missed: CatchUp,
    private readonly config: MarqueeConfig,
  ) {}

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
    const listener: Listener = {
      ...subscription,
      lastId: subscription.afterId ?? '',
      isLive: false,
      isPast: false,
      isGapReported: false,
    };
    const listeners = this.bySession.get(listener.sessionId) ?? new Set();
    this.bySession.set(listener.sessionId, listeners.add(listener));
    this.count++;
    this.startReading();
    const caughtUp = this.catchUp(listener);
    // One that comes back misses nothing however long that takes.
    const live = listener.lastId === '' ? caughtUp : Promise.resolve();
    return { live, stop: () => this.remove(listener) };
  }

  private startReading(): void {
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
      if (this.count > 0 && !this.stopping.signal.aborted) this.startReading();
    });
  }

  /** Ends every listener. Clients reconnect elsewhere. */
  endAll(): void {
    this.stopping.abort(new Error('The process is ending'));
    for (const listeners of this.bySession.values()) for (const listener of listeners) listener.end();
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

  /** Reads while there are listeners. After a failed read it continues at the same position. */
  private async read(): Promise<void> {
    while (this.count > 0 && !this.stopping.signal.aborted) {
      try {
        this.position ??= await this.repository.newestId();
        this.recentAfter ??= this.position;
        if (this.position !== undefined) await this.repository.withReader((reader) => this.readWith(reader));
        else await this.pause();
      } catch (error) {
        this.logger.debug(`Reading events failed: ${(error as Error).message}`);
        await this.pause();
      }
    }
    // The next listener starts from the newest event.
    this.position = undefined;
    this.recentAfter = undefined;
    this.recent = [];
    this.recentCharacters = 0;
  }

  private async readWith(
    reader: Parameters<Parameters<EventsRepository['withReader']>[0]>[0],
  ): Promise<void> {
    while (this.count > 0 && !this.stopping.signal.aborted) {
      const count = this.entriesPerRead;
      const events = await this.repository.wait(reader, this.position as string, count, blockMs);
      if (!events) {
        // The connection was lost, or the key is not a stream.
        await this.pause();
        return;
      }
      this.adapt(events);
      this.dispatch(events);
    }
  }

  /** Reads fewer entries at once after large ones, and gradually more again. */
  private adapt(events: readonly StreamEvent[]): void {
    let characters = 0;
    for (const { transcript } of events) characters += transcript.length;
    this.entriesPerRead =
      characters > charactersPerRead
        ? Math.max(1, Math.floor((events.length * charactersPerRead) / characters))
        : Math.min(maxEntriesPerRead, this.entriesPerRead * 2);
  }

  /** Sends each listener the new events of its session in one write. */
  private dispatch(events: readonly StreamEvent[]): void {
    const bySession = new Map<string, StreamEvent[]>();
    for (const event of events) {
      this.position = event.id;
      this.remember(event);
      const others = bySession.get(event.sessionId);
      if (others) others.push(event);
      else if (this.bySession.has(event.sessionId)) bySession.set(event.sessionId, [event]);
    }
    for (const [session, its] of bySession) {
      for (const listener of this.bySession.get(session) ?? []) if (listener.isLive) this.hand(listener, its);
    }
  }

  private remember(event: StreamEvent): void {
    this.recent.push(event);
    this.recentCharacters += event.transcript.length;
    if (this.recent.length <= maxRecent && this.recentCharacters <= maxRecentCharacters) return;
    const dropped = this.recent.splice(0, Math.ceil(this.recent.length / 4));
    for (const { transcript } of dropped) this.recentCharacters -= transcript.length;
    this.recentAfter = dropped.at(-1)?.id ?? this.recentAfter;
  }

  private hand(listener: Listener, events: readonly StreamEvent[]): void {
    const { isPast, lastId } = listener;
    const later = isPast || lastId === '' ? events : events.filter(({ id }) => compareIds(id, lastId) > 0);
    const last = later.at(-1);
    if (!last) return;
    listener.lastId = last.id;
    listener.isPast = listener.isLive;
    if (listener.send(later)) return;
    this.remove(listener);
    listener.end();
  }

  /** Sends missed events from Redis until the remembered events continue from there; then the listener is live. */
  private async catchUp(listener: Listener): Promise<void> {
    let failures = 0;
    while (this.isListening(listener) && !this.stopping.signal.aborted) {
      if (this.position === undefined) {
        await this.pause(10);
      } else if (
        listener.lastId === '' ||
        compareIds(listener.lastId, this.position) >= 0 ||
        this.remembers(listener.lastId)
      ) {
        if (this.handRecent(listener)) {
          listener.isLive = true;
          return;
        }
        await listener.drained();
      } else if (await this.readMissed(listener)) {
        failures = 0;
        await listener.drained();
      } else {
        const pauseMs = Math.min(pauseAfterFailureMs * 2 ** failures++, maxPauseAfterFailureMs);
        await this.pause(pauseMs * (0.5 + Math.random() / 2));
      }
    }
  }

  /** Sends some of the missed events. Returns false if Redis does not reply. */
  private async readMissed(listener: Listener): Promise<boolean> {
    const missed = await this.missed.read(listener.sessionId, listener.lastId, () => this.position);
    if (!missed) return false;
    if (missed.hasGap && !listener.isGapReported) {
      listener.isGapReported = true;
      listener.missing();
    }
    this.hand(listener, missed.events);
    const { continueAfter, position } = missed;
    // At the end there is nothing up to the process's own position that it could have missed.
    const reached = continueAfter ?? position ?? listener.lastId;
    if (compareIds(reached, listener.lastId) > 0) listener.lastId = reached;
    return true;
  }

  /** Sends the remembered events that the listener lacks. Returns false if they are too many to send at once. */
  private handRecent(listener: Listener): boolean {
    if (listener.lastId === '') return true;
    let characters = 0;
    for (const event of this.recent) {
      if (event.sessionId !== listener.sessionId || compareIds(event.id, listener.lastId) <= 0) continue;
      this.hand(listener, [event]);
      characters += event.transcript.length;
      if (characters > charactersPerStep) return false;
    }
    return true;
  }

  /** Returns whether all events after an id are remembered. */
  private remembers(id: string): boolean {
    return this.recentAfter !== undefined && compareIds(this.recentAfter, id) <= 0;
  }

  private async pause(ms = pauseAfterFailureMs): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
