import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_PIPE } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { AuthModule } from '@app/auth';
import { CacheModule } from '@app/cache';
import { MarqueeConfigModule } from '@app/config';
import { MetricsController, MetricsModule } from '@app/observability';
import { EmbeddingsModule } from '@app/embeddings';
import { QueryUnderstandingModule } from '@app/query-understanding';
import { RateLimitModule } from '@app/rate-limit';
import { RedisModule } from '@app/redis';
import { EventsModule } from '@app/events';
import { SearchModule } from '@app/search';
import { SessionsModule } from '@app/sessions';
import { TasksModule } from '@app/tasks';
import { MOVIES_PROVIDER, TmdbModule } from '@app/tmdb';
import { TrendingModule } from '@app/trending';
import { UpstreamModule } from '@app/upstream';
import { CacheAdminController } from './admin/cache-admin.controller.js';
import { DeadLettersAdminController } from './admin/dead-letters-admin.controller.js';
import { EventsAdminController } from './admin/events-admin.controller.js';
import { IndexAdminController } from './admin/index-admin.controller.js';
import { SessionsAdminController } from './admin/sessions-admin.controller.js';
import { ConsoleController } from './console/console.controller.js';
import { EmbeddingsController } from './embeddings/embeddings.controller.js';
import { StoredEmbeddingsController } from './embeddings/stored-embeddings.controller.js';
import { HealthController } from './health/health.controller.js';

import { DrainService } from './http/drain.service.js';
import { MoviesController } from './movies/movies.controller.js';
import { QueryUnderstandingController } from './query-understanding/query-understanding.controller.js';
import { RateLimitAdminController } from './rate-limit/rate-limit-admin.controller.js';
import { RateLimitController } from './rate-limit/rate-limit.controller.js';
import { SearchController } from './search/search.controller.js';
import { EventStreams } from './sessions/event-streams.js';
import { EventsController } from './sessions/events.controller.js';
import { SessionsController } from './sessions/sessions.controller.js';
import { TasksController } from './tasks/tasks.controller.js';
import { TrendingController } from './trending/trending.controller.js';
import { ProblemFilter } from './http/problem.filter.js';
import { SchemaPipe } from './http/schema.pipe.js';

@Module({})
export class ApiModule {
  /**
   * @param variables used instead of the process environment and `.env`
   * @throws ConfigurationError listing every fault
   */
  static async register(variables?: Record<string, string>): Promise<DynamicModule> {
    const trending = TrendingModule.register([TmdbModule], MOVIES_PROVIDER);
    return {
      module: ApiModule,
      imports: [
        await MarqueeConfigModule.register(variables),
        MetricsModule,
        UpstreamModule,
        RedisModule,
        TerminusModule,
        AuthModule,
        RateLimitModule,
        CacheModule,
        EmbeddingsModule,
        QueryUnderstandingModule,
        EventsModule,
        SessionsModule,
        TasksModule,
        TmdbModule,
        trending,
        SearchModule.register(trending),
      ],
      controllers: [
        CacheAdminController,
        ConsoleController,
        EmbeddingsController,
        HealthController,
        MetricsController,
        DeadLettersAdminController,
        EventsAdminController,
        EventsController,
        IndexAdminController,
        MoviesController,
        SearchController,
        SessionsAdminController,
        SessionsController,
        StoredEmbeddingsController,
        TasksController,
        QueryUnderstandingController,
        RateLimitAdminController,
        RateLimitController,
        TrendingController,
      ],
      providers: [
        DrainService,
        EventStreams,
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: APP_PIPE, useClass: SchemaPipe },
      ],
    };
  }
}
