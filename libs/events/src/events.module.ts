import { Module } from '@nestjs/common';
import { DeadLettersRepository } from './dead-letters.repository.js';
import { DeadLettersService } from './dead-letters.service.js';
import { EventHub } from './event-hub.js';
import { EventsRepository } from './events.repository.js';
import { GroupsRepository } from './groups.repository.js';

@Module({
  providers: [DeadLettersRepository, DeadLettersService, EventHub, EventsRepository, GroupsRepository],
  exports: [DeadLettersRepository, DeadLettersService, EventHub, EventsRepository, GroupsRepository],
})
export class EventsModule {}
