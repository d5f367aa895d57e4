export { LockHeldError, LockLostError, LockUnavailableError } from './locks.errors.js';
export { LocksModule } from './locks.module.js';
export { LocksRepository } from './locks.repository.js';
export { type HeldLock, LOCK_TTL_MS, type LockOptions, LocksService } from './locks.service.js';
