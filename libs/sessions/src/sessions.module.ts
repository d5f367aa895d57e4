import { Module } from '@nestjs/common';
import { EventsModule } from '@app/events';
import { redisTargetToken } from '@app/redis';
import { CompletedTranscripts } from './completed-transcripts.js';
import { CompletionsKeeper } from './completions-keeper.js';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { MEMORY_LIMITS, ServerMemoryLimits } from './memory-limits.js';
import { MemoryReclaimer } from './memory-reclaimer.js';
import { SessionIndexRepository } from './session-index.repository.js';
import { SessionListsService } from './session-lists.service.js';
import { SessionPurgeService } from './session-purge.service.js';
import { SessionSweeper } from './session-sweeper.js';
import { SessionWalkRepository } from './session-walk.repository.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { TranscriptsService } from './transcripts.service.js';
import { createSessionWriter } from './writer/create-session-writer.js';
import { SessionWriter } from './writer/session-writer.js';
import { WriterRepositories } from './writer/writer-repositories.js';

@Module({
  imports: [EventsModule],
  providers: [
    CompletedTranscripts,
    CompletionsKeeper,
    HeldBytesRepository,
    { provide: MEMORY_LIMITS, useClass: ServerMemoryLimits },
    MemoryReclaimer,
    SessionIndexRepository,
    SessionListsService,
    SessionPurgeService,
    SessionsRepository,
    SessionsService,
    SessionSweeper,
    SessionWalkRepository,
    TranscriptsService,
    {
      provide: SessionWriter,
      inject: [redisTargetToken('sessions'), WriterRepositories, MEMORY_LIMITS],
      useFactory: createSessionWriter,
    },
    WriterRepositories,
  ],
  exports: [
    CompletedTranscripts,
    CompletionsKeeper,
    HeldBytesRepository,
    MemoryReclaimer,
    SessionListsService,
    SessionPurgeService,
    SessionsService,
    TranscriptsService,
  ],
})
export class SessionsModule {}
