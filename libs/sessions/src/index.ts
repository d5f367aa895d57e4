export { ownFields, type Session } from './session.js';
export {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsUnavailableError,
} from './sessions.errors.js';
export { SessionsModule } from './sessions.module.js';
export { SessionsRepository } from './sessions.repository.js';
export {
  type ListCursor,
  type SessionDraft,
  type SessionPage,
  type SessionPatch,
  SessionsService,
} from './sessions.service.js';
