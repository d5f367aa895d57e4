import { Module } from '@nestjs/common';
import { CatalogueModule } from '@app/catalogue';
import { LocksModule } from '@app/locks';
import { SnapshotRepository } from '../snapshot/snapshot.repository.js';
import { CatalogueSource } from '../sources/catalogue.source.js';
import { IndexPublisher } from './index-publisher.js';
import { IndexingMetrics } from './indexing.metrics.js';
import { SnapshotFollower } from './snapshot-follower.js';

/** What the API and the worker need to build, publish and follow the index. */
@Module({
  imports: [CatalogueModule, LocksModule],
  providers: [CatalogueSource, IndexingMetrics, IndexPublisher, SnapshotFollower, SnapshotRepository],
  exports: [CatalogueSource, IndexingMetrics, IndexPublisher, SnapshotFollower, SnapshotRepository],
})
export class IndexingModule {}
