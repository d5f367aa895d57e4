import { Module } from '@nestjs/common';
import { CacheModule } from '@app/cache';
import { CatalogueModule } from '@app/catalogue';
import { QueryUnderstandingMetrics } from './query-understanding.metrics.js';
import { QueryUnderstandingRepository } from './query-understanding.repository.js';
import { QueryUnderstandingService } from './query-understanding.service.js';

@Module({
  imports: [CacheModule, CatalogueModule],
  providers: [QueryUnderstandingMetrics, QueryUnderstandingRepository, QueryUnderstandingService],
  exports: [QueryUnderstandingService],
})
export class QueryUnderstandingModule {}
