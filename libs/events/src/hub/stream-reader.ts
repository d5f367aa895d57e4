import { Logger } from '@nestjs/common';
import type { LeasedConnection } from '@app/redis';
import type { StreamEvent } from '../event.js';
import type { EventsRepository } from '../events.repository.js';
import { pause } from '../pause.js';

/** The number of entries per read adapts to their size, because other programs may publish large ones. */
const maxEntriesPerRead = 64;
const charactersPerRead = 512 * 1024;
const blockMs = 5_000;
const pauseAfterFailureMs = 250;

/** The user of a StreamReader. */
export interface ReaderOwner {
  /** Returns whether to continue reading. */
  isReading(): boolean;
  /** Receives the events that follow `afterId` in the stream. */
  onEvents(events: readonly StreamEvent[], afterId: string): void;
  /** Called when the reader has stopped. Events that are published before its next start are not read. */
  onStop(): void;
}

/** Reads new events of the stream on one blocking connection. After a failure, it continues at the same position. */
export class StreamReader {
  private readonly logger = new Logger('Events');
  private running: Promise<void> | undefined;
  private entriesPerRead = maxEntriesPerRead;
  private lastId: string | undefined;

  constructor(
    private readonly repository: EventsRepository,
    private readonly owner: ReaderOwner,
    private readonly signal: AbortSignal,
  ) {}

  /** The id up to which all events were passed on; undefined until reading has started. */
  get position(): string | undefined {
    return this.lastId;
  }

  /** Starts reading from the newest event, unless the reader is already running. */
  start(): void {
    this.running ??= this.run().finally(() => {
      this.running = undefined;
      if (this.isReading) this.start();
    });
  }

  private get isReading(): boolean {
    return this.owner.isReading() && !this.signal.aborted;
  }

  private async run(): Promise<void> {
    while (this.isReading) {
      try {
        const position = (this.lastId ??= await this.repository.newestId());
        if (position === undefined) await this.pause();
        else await this.repository.withReader((reader) => this.readFrom(position, reader));
      } catch (error) {
        this.logger.debug(`Reading events failed: ${(error as Error).message}`);
        await this.pause();
      }
    }
    this.lastId = undefined;
    this.owner.onStop();
  }

  private async readFrom(position: string, reader: LeasedConnection): Promise<void> {
    let afterId = position;
    while (this.isReading) {
      const events = await this.repository.wait(reader, afterId, this.entriesPerRead, blockMs);
      if (!events) {
        // The connection was lost, or the key is not a stream.
        await this.pause();
        return;
      }
      this.adapt(events);
      const lastId = events.at(-1)?.id;
      if (lastId === undefined) continue;
      this.lastId = lastId;
      this.owner.onEvents(events, afterId);
      afterId = lastId;
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

  private pause(): Promise<void> {
    return pause(pauseAfterFailureMs, this.signal);
  }
}
