import { Inject, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { type IndexSnapshot, MOVIE_INDEX, type MovieIndex } from '../movie-index/movie-index.js';
import { decodeSnapshot, type EncodedSnapshot } from '../snapshot/encoded-snapshot.js';
import { CatalogueSource } from '../sources/catalogue.source.js';
import { IndexingMetrics } from './indexing.metrics.js';
import { SnapshotFollower } from './snapshot-follower.js';

/**
 * Loads the published index into this process, or the bundled catalogue if nothing is published. The process is ready at once;
 * searches wait for the first index.
 */
@Injectable()
export class IndexLoader implements OnApplicationBootstrap {
  private readonly logger = new Logger('Index');

  constructor(
    @Inject(MOVIE_INDEX) private readonly index: MovieIndex,
    private readonly follower: SnapshotFollower,
    private readonly catalogue: CatalogueSource,
    private readonly metrics: IndexingMetrics,
  ) {}

  onApplicationBootstrap(): void {
    this.index
      .replace(this.firstSnapshot())
      .catch((error: Error) => this.logger.error(`The index could not be loaded: ${error.message}`));
  }

  /** Replaces the index with a snapshot. @throws UnreadableSnapshotError */
  async load(encoded: EncodedSnapshot): Promise<void> {
    await this.index.replace(await decodeSnapshot(encoded));
  }

  private async firstSnapshot(): Promise<IndexSnapshot> {
    const published = await this.follower.start((snapshot) => this.load(snapshot));
    if (published) return decodeSnapshot(published);
    const bundled = this.catalogue.snapshot();
    this.metrics.holds(bundled, bundled.movies.length);
    return bundled;
  }
}
