import { Module } from '@nestjs/common';
import { EventsModule } from '@app/events';
import { CompletedTranscripts } from './completed-transcripts.js';
import { CompletionsKeeper } from './completions-keeper.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { ServerSessionBounds, SESSION_BOUNDS } from './session-bounds.js';
import { SessionIndexRepository } from './session-index.repository.js';
import { SessionListsService } from './session-lists.service.js';
import { SessionPurgeService } from './session-purge.service.js';
import { SessionSweeper } from './session-sweeper.js';
import { SessionWalkRepository } from './session-walk.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { TranscriptsRepository } from './transcripts.repository.js';

@Module({
  imports: [EventsModule],
  providers: [
    CompletedTranscripts,
    CompletionsKeeper,
    HeldBytesRepository,
    { provide: SESSION_BOUNDS, useClass: ServerSessionBounds },
    SessionIndexRepository,
    SessionListsService,
    SessionPurgeService,
    SessionsRepository,
    SessionsService,
    SessionSweeper,
    SessionWalkRepository,
    TranscriptsRepository,
  ],
  exports: [
    CompletedTranscripts,
    CompletionsKeeper,
    HeldBytesRepository,
    SessionListsService,
    SessionPurgeService,
    SessionsService,
  ],
})
export class SessionsModule {}
