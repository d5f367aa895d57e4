import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { CatchUp } from './catch-up.js';
import { compareIds, type StreamEvent } from './event.js';
import { TooManyListenersError } from './event-hub.errors.js';
import { EventsRepository } from './events.repository.js';

/** Marquee's own entries are small, another program's may not be: the number read at once follows their size. */
const maxEntriesPerRead = 64;
const charactersPerRead = 512 * 1024;
/** Handed over at once of what was missed. */
const charactersPerStep = 512 * 1024;
const blockMs = 5_000;
const pauseAfterFailureMs = 250;
const maxPauseAfterFailureMs = 8_000;
/** What came last is kept here, so that many clients that come back at once need no Redis each. */
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
  /** What it was handed last. */
  lastId: string;
  /** False while it is brought up to what this process has. */
  isLive: boolean;
  /** Whether it is live and all that comes is later than what it has. */
  isPast: boolean;
  /** Whether it was told that events are missing. */
  knowsOfGap: boolean;
}

/**
 * Tells listeners of their session's events, from one blocking reader of the stream however many they are. One that
 * comes back with the id of its last event gets what it missed first: from what this process remembers, or from Redis.
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
   * Begins to tell; answers how to stop it, and when nothing can be missed any more.
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
      knowsOfGap: false,
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

  /** Ends every listener: they come back elsewhere. */
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

  /** Runs while somebody listens. What is missed when a read fails is read after it: the position stays. */
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
    // Who listens next begins anew: what happens meanwhile is not read here.
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
        // A lost connection, or a stream that is none.
        await this.pause();
        return;
      }
      this.adapt(events);
      this.tell(events);
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

  /** One write a listener for all of its session that were read together. */
  private tell(events: readonly StreamEvent[]): void {
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

  /** From Redis, until what this process remembers continues from there; from then on it is live. */
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

  /** Hands over some of what the listener has missed. False while Redis is away. */
  private async readMissed(listener: Listener): Promise<boolean> {
    const missed = await this.missed.read(listener.sessionId, listener.lastId, () => this.position);
    if (!missed) return false;
    if (missed.hasGap && !listener.knowsOfGap) {
      listener.knowsOfGap = true;
      listener.missing();
    }
    this.hand(listener, missed.events);
    const { continueAfter, position } = missed;
    // At the end there is nothing up to the process's own position that it could have missed.
    const reached = continueAfter ?? position ?? listener.lastId;
    if (compareIds(reached, listener.lastId) > 0) listener.lastId = reached;
    return true;
  }

  /** What is remembered here and it lacks; false where that is too much to hand over at once. */
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

  /** Whether everything after an id is remembered here. */
  private remembers(id: string): boolean {
    return this.recentAfter !== undefined && compareIds(this.recentAfter, id) <= 0;
  }

  private async pause(ms = pauseAfterFailureMs): Promise<void> {
    await delay(ms, undefined, { signal: this.stopping.signal }).catch(() => undefined);
  }
}
