import { Module } from '@nestjs/common';
import { CatchUp } from './catch-up.js';
import { CompletionsRepository } from './completions.repository.js';
import { DeadLettersRepository } from './dead-letters.repository.js';
import { DeadLettersService } from './dead-letters.service.js';
import { EventHub } from './event-hub.js';
import { EventsMetrics } from './events.metrics.js';
import { EventsRepository } from './events.repository.js';
import { GroupsRepository } from './groups.repository.js';
import { SessionEventsRepository } from './session-events.repository.js';

const shared = [
  CompletionsRepository,
  DeadLettersRepository,
  DeadLettersService,
  EventHub,
  EventsRepository,
  GroupsRepository,
  SessionEventsRepository,
];

@Module({ providers: [...shared, CatchUp, EventsMetrics], exports: shared })
export class EventsModule {}
