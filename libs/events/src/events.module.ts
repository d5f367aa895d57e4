import { Module } from '@nestjs/common';
import { EventHub } from './event-hub.js';
import { EventsRepository } from './events.repository.js';

@Module({ providers: [EventHub, EventsRepository], exports: [EventHub, EventsRepository] })
export class EventsModule {}
