export {
  type JsonObject,
  MAX_SESSION_TTL_SECONDS,
  MAX_STATE_BYTES,
  MAX_STATE_DEPTH,
  MIN_SESSION_TTL_SECONDS,
  ownFields,
  type Session,
  sessionTtls,
  type SessionWithState,
} from './session.js';
export { depthOf } from './session-state.js';
export {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionContendedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsFullError,
  SessionsUnavailableError,
} from './sessions.errors.js';
export { CompletedTranscripts, TranscriptGoneError } from './completed-transcripts.js';
export { CompletionsKeeper, type KeptCompletions } from './completions-keeper.js';
export { HeldBytesRepository } from './held-bytes.repository.js';
export type { MemoryLimits } from './memory-limits.js';
export { MemoryReclaimer } from './memory-reclaimer.js';
export { SessionsModule } from './sessions.module.js';
export { SessionsRepository } from './sessions.repository.js';
export { SessionIndexRepository, type SessionOwner } from './session-index.repository.js';
export { type ListCursor, SessionListsService, type SessionPage } from './session-lists.service.js';
export {
  type SessionPurgeFilter,
  type SessionPurgeOptions,
  type SessionPurgeProgress,
  SessionPurgeService,
} from './session-purge.service.js';
export { SessionSweeper } from './session-sweeper.js';
export { SessionWalkRepository } from './session-walk.repository.js';
export type { SessionDraft, SessionPatch } from './session-changes.js';
export { SessionsService } from './sessions.service.js';
export { TranscriptsService } from './transcripts.service.js';
export { createSessionWriter } from './writer/create-session-writer.js';
export { WriterRepositories } from './writer/writer-repositories.js';
