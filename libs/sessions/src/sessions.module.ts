import { Module } from '@nestjs/common';
import { EventsModule } from '@app/events';
import { CompletedTranscripts } from './completed-transcripts.js';
import { CompletionsKeeper } from './completions-keeper.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { ServerSessionBounds, SESSION_BOUNDS } from './session-bounds.js';
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
    SessionsRepository,
    SessionsService,
    TranscriptsRepository,
  ],
  exports: [CompletedTranscripts, CompletionsKeeper, HeldBytesRepository, SessionsService],
})
export class SessionsModule {}
