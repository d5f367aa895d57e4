import { Module } from '@nestjs/common';
import { CompletionsRepository } from './completions.repository.js';
import { DeadLettersRepository } from './dead-letters/dead-letters.repository.js';
import { DeadLettersService } from './dead-letters/dead-letters.service.js';
import { EventsMetrics } from './events.metrics.js';
import { EventsRepository } from './events.repository.js';
import { GroupsRepository } from './consumer/groups.repository.js';
import { CatchUp } from './hub/catch-up.js';
import { EventHub } from './hub/event-hub.js';
import { SessionEventsRepository } from './hub/session-events.repository.js';

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
