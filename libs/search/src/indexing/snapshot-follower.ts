import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { LockHeldError, LocksService, LockUnavailableError } from '@app/locks';
import { type EncodedSnapshot, verifySnapshot } from '../snapshot/encoded-snapshot.js';
import type { SnapshotPointer } from '../snapshot/snapshot-pointer.js';
import { SnapshotRepository } from '../snapshot/snapshot.repository.js';
import { IndexingMetrics } from './indexing.metrics.js';

/** How soon a process notices a new snapshot, or that Redis has lost it. */
const checkIntervalMs = 1_000;
/** Delay after failures, which doubles with each. */
const maxRetryDelayMs = 10_000;

/** A snapshot that this process could publish again. */
interface HeldSnapshot {
  readonly snapshot: EncodedSnapshot;
  readonly fence: number;
  /** False if Redis was unavailable when it was created. */
  readonly isPublished: boolean;
}

/** Loads a snapshot. The follower tries again if it rejects. */
export type SnapshotListener = (snapshot: EncodedSnapshot) => Promise<void>;

/**
 * Follows the published snapshot: polls its pointer, reads and verifies a new one, and retains it in its encoded form, so that
 * this process can publish it again if Redis loses it. A snapshot that cannot be read leaves everything as it is.
 */
@Injectable()
export class SnapshotFollower implements OnModuleDestroy {
  private readonly logger = new Logger('Index');
  private held: HeldSnapshot | undefined;
  private listener: SnapshotListener = async () => undefined;
  private timer: NodeJS.Timeout | undefined;
  private checking: Promise<void> | undefined;
  private failures = 0;
  private isStopped = false;

  constructor(
    private readonly repository: SnapshotRepository,
    private readonly locks: LocksService,
    private readonly metrics: IndexingMetrics,
  ) {}

  /** The newest snapshot that this process has read or published; undefined if there is none. */
  get current(): EncodedSnapshot | undefined {
    return this.held?.snapshot;
  }

  /**
   * Reads what is published, returns it, and reports what is published later to the listener. Without Redis, it returns
   * undefined after one budget.
   */
  async start(listener: SnapshotListener = this.listener): Promise<EncodedSnapshot | undefined> {
    await this.checkNow();
    this.listener = listener;
    this.schedule();
    return this.current;
  }

  /** Retains a snapshot that this process has published. */
  publishedHere(snapshot: EncodedSnapshot, { fence }: SnapshotPointer): void {
    this.hold({ snapshot, fence, isPublished: true });
  }

  /** Retains a snapshot that could not be published, and publishes it when Redis is available. */
  publishLater(snapshot: EncodedSnapshot): void {
    this.hold({ snapshot, fence: 0, isPublished: false });
  }

  /** Waits for a transfer in progress, while the connection to Redis is still open. */
  async onModuleDestroy(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.checking;
  }

  private schedule(): void {
    if (this.isStopped) return;
    const delayMs = Math.min(checkIntervalMs * 2 ** this.failures, maxRetryDelayMs);
    this.timer = setTimeout(() => void this.checkNow().then(() => this.schedule()), spread(delayMs));
    this.timer.unref();
  }

  private checkNow(): Promise<void> {
    this.checking ??= this.check().finally(() => (this.checking = undefined));
    return this.checking;
  }

  private async check(): Promise<void> {
    try {
      const pointer = await this.repository.pointer();
      if (pointer.status === 'miss') await this.restore();
      else if (pointer.status === 'ok') await this.adopt(pointer.value);
      this.failures = 0;
    } catch (error) {
      this.failures++;
      this.logger.warn(`${(error as Error).message} (${this.failures} consecutive failures)`);
    }
  }

  private async adopt(pointer: SnapshotPointer): Promise<void> {
    const { held } = this;
    if (pointer.version === held?.snapshot.version) return;
    if (held && !held.isPublished && held.snapshot.updatedAt > new Date(pointer.updatedAt)) {
      await this.publishHeld(held, pointer.fence + 1);
      return;
    }
    try {
      const snapshot = await this.repository.read(pointer);
      await verifySnapshot(snapshot, pointer.sha256);
      await this.listener(snapshot);
      this.hold({ snapshot, fence: pointer.fence, isPublished: true });
      this.metrics.loaded('success');
      this.logger.log(`Loaded version ${snapshot.version}: ${snapshot.movies} movies`);
    } catch (error) {
      this.metrics.loaded('failure');
      throw error;
    }
  }

  /** Publishes the retained snapshot again. One process of the fleet does so. */
  private async restore(): Promise<void> {
    const { held } = this;
    if (!held) return;
    try {
      const isRestored = await this.locks.withLock('index-restore', () =>
        this.repository.restore(held.snapshot, held.fence),
      );
      if (!isRestored) return;
      this.hold({ ...held, isPublished: true });
      this.metrics.restored();
      this.logger.warn(`Redis had no index: published version ${held.snapshot.version} again`);
    } catch (error) {
      // Another process is restoring it, or Redis has become unavailable: the next check tries again.
      if (error instanceof LockHeldError || error instanceof LockUnavailableError) return;
      throw error;
    }
  }

  private async publishHeld(held: HeldSnapshot, fence: number): Promise<void> {
    await this.repository.publish(held.snapshot, fence);
    this.hold({ ...held, fence, isPublished: true });
    this.metrics.published('success');
  }

  private hold(held: HeldSnapshot): void {
    this.held = held;
    this.metrics.holds(held.snapshot, held.snapshot.movies);
  }
}

const spread = (ms: number): number => ms * (0.9 + Math.random() / 5);
