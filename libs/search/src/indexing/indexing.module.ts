import { Module } from '@nestjs/common';
import { CatalogueModule } from '@app/catalogue';
import { LocksModule } from '@app/locks';
import { SnapshotRepository } from '../snapshot/snapshot.repository.js';
import { CatalogueSource } from '../sources/catalogue.source.js';
import { IndexActivity } from './index-activity.js';
import { IndexPublisher } from './index-publisher.js';
import { IndexingMetrics } from './indexing.metrics.js';
import { IndexingRepository } from './indexing.repository.js';
import { SnapshotFollower } from './snapshot-follower.js';

const parts = [
  CatalogueSource,
  IndexActivity,
  IndexingMetrics,
  IndexingRepository,
  IndexPublisher,
  SnapshotFollower,
  SnapshotRepository,
];

/** What the API and the worker need to build, publish and follow the index. */
@Module({ imports: [CatalogueModule, LocksModule], providers: parts, exports: parts })
export class IndexingModule {}
