import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { TerminusModule } from '@nestjs/terminus';
import { MarqueeConfigModule } from '@app/config';
import { EventsModule } from '@app/events';
import { LocksModule } from '@app/locks';
import { MetricsController, MetricsModule } from '@app/observability';
import { RedisModule } from '@app/redis';
import { MOVIES_PROVIDER, TmdbModule } from '@app/tmdb';
import { IndexBuildingModule } from '@app/search';
import { SessionsModule } from '@app/sessions';
import { TrendingModule } from '@app/trending';
import { UpstreamModule } from '@app/upstream';
import { ConsumersMetrics } from './consumers/consumers.metrics.js';
import { ConsumersService } from './consumers/consumers.service.js';
import { ConsumersHealthIndicator } from './health/consumers.health-indicator.js';
import { HealthController } from './health/health.controller.js';
import { JobsHealthIndicator } from './health/jobs.health-indicator.js';
import { type FleetJob, FLEET_JOBS } from './jobs/fleet-job.js';
import { IndexJob } from './jobs/index.job.js';
import { JobRunner } from './jobs/job-runner.service.js';
import { JobsMetrics } from './jobs/jobs.metrics.js';
import { JobsRepository } from './jobs/jobs.repository.js';
import { MovieChangesJob } from './jobs/movie-changes.job.js';
import { SessionMemoryJob } from './jobs/session-memory.job.js';
import { TrendingJob } from './jobs/trending.job.js';

@Module({})
export class WorkerModule {
  /**
   * @param variables used instead of the process environment and `.env`
   * @throws ConfigurationError with all errors
   */
  static async register(variables?: Record<string, string>): Promise<DynamicModule> {
    return {
      module: WorkerModule,
      imports: [
        await MarqueeConfigModule.register(variables),
        MetricsModule,
        UpstreamModule,
        RedisModule,
        ScheduleModule.forRoot(),
        TerminusModule,
        EventsModule,
        IndexBuildingModule,
        LocksModule,
        SessionsModule,
        TmdbModule,
        TrendingModule.register([TmdbModule], MOVIES_PROVIDER),
      ],
      controllers: [HealthController, MetricsController],
      providers: [
        ConsumersHealthIndicator,
        ConsumersMetrics,
        ConsumersService,
        IndexJob,
        JobRunner,
        JobsHealthIndicator,
        JobsMetrics,
        JobsRepository,
        MovieChangesJob,
        SessionMemoryJob,
        TrendingJob,
        {
          provide: FLEET_JOBS,
          useFactory: (...jobs: FleetJob[]) => jobs,
          inject: [TrendingJob, MovieChangesJob, SessionMemoryJob, IndexJob],
        },
      ],
    };
  }
}
