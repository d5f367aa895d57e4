import { Module } from '@nestjs/common';
import { CatchUp } from './catch-up.js';
import { CompletionsRepository } from './completions.repository.js';
import { EventHub } from './event-hub.js';
import { EventsMetrics } from './events.metrics.js';
import { EventsRepository } from './events.repository.js';
import { SessionEventsRepository } from './session-events.repository.js';

const providers = [
  CatchUp,
  CompletionsRepository,
  EventHub,
  EventsMetrics,
  EventsRepository,
  SessionEventsRepository,
];

@Module({ providers, exports: [CompletionsRepository, EventHub, EventsRepository, SessionEventsRepository] })
export class EventsModule {}
