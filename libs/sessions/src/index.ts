export { ownFields, type Session } from './session.js';
export {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsFullError,
  SessionsUnavailableError,
  StorageFullError,
} from './sessions.errors.js';
export { CompletedTranscripts, TranscriptGoneError } from './completed-transcripts.js';
export { CompletionsKeeper, type KeptCompletions } from './completions-keeper.js';
export { HeldBytesRepository } from './held-bytes.repository.js';
export type { SessionBounds } from './session-bounds.js';
export { SessionsModule } from './sessions.module.js';
export { SessionsRepository } from './sessions.repository.js';
export { TranscriptsRepository } from './transcripts.repository.js';
export {
  type ListCursor,
  type SessionDraft,
  type SessionPage,
  type SessionPatch,
  SessionsService,
} from './sessions.service.js';
