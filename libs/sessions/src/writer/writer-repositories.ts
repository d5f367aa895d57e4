import { Injectable } from '@nestjs/common';
import { CompletionsRepository, EventsRepository, SessionEventsRepository } from '@app/events';
import { HeldBytesRepository } from '../held-bytes.repository.js';
import { SessionsRepository } from '../sessions.repository.js';

/** The repositories that session writers use. */
@Injectable()
export class WriterRepositories {
  constructor(
    readonly sessions: SessionsRepository,
    readonly events: EventsRepository,
    readonly sessionEvents: SessionEventsRepository,
    readonly completions: CompletionsRepository,
    readonly heldBytes: HeldBytesRepository,
  ) {}
}
