import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { InProcessMovieIndex } from '../in-process/in-process-movie-index.js';
import type { IndexSnapshot } from '../movie-index/movie-index.js';
import { decodeSnapshot, type EncodedSnapshot } from '../snapshot/encoded-snapshot.js';
import { CatalogueSource } from '../sources/catalogue.source.js';
import { IndexingMetrics } from './indexing.metrics.js';
import { SnapshotFollower } from './snapshot-follower.js';

/** Indexing takes processor time that the first second of a process needs for other features. */
const startDelayMs = 1_000;

/**
 * Loads the published index into this process, or the bundled catalogue if nothing is published. The process is ready at once.
 * Indexing begins a second later, or with the first search, which waits for it.
 */
@Injectable()
export class IndexLoader implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly shutdown = new AbortController();
  private readonly logger = new Logger('Index');

  constructor(
    private readonly index: InProcessMovieIndex,
    private readonly follower: SnapshotFollower,
    private readonly catalogue: CatalogueSource,
    private readonly metrics: IndexingMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.index.replace(this.firstSnapshot()).catch((error: Error) => {
      if (this.shutdown.signal.aborted) return;
      this.logger.error(`The index could not be loaded: ${error.message}`);
    });
  }

  onApplicationShutdown(): void {
    this.shutdown.abort();
  }

  /** Replaces the index with a snapshot. @throws UnreadableSnapshotError */
  async load(encoded: EncodedSnapshot): Promise<void> {
    await this.index.replace(await decodeSnapshot(encoded));
  }

  private async firstSnapshot(): Promise<IndexSnapshot> {
    const published = await this.follower.start((snapshot) => this.load(snapshot));
    const { signal } = this.shutdown;
    await Promise.race([delay(startDelayMs, undefined, { signal, ref: false }), this.index.firstRead]);
    if (published) return decodeSnapshot(published);
    const bundled = this.catalogue.snapshot();
    this.metrics.holds(bundled, bundled.movies.length);
    return bundled;
  }
}
