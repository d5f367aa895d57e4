import { Module } from '@nestjs/common';
import { EventHub } from './event-hub.js';
import { EventsRepository } from './events.repository.js';
import { GroupsRepository } from './groups.repository.js';

@Module({
  providers: [EventHub, EventsRepository, GroupsRepository],
  exports: [EventHub, EventsRepository, GroupsRepository],
})
export class EventsModule {}
