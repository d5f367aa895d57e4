export { LockHeldError, LockLostError, LockUnavailableError } from './locks.errors.js';
export { LocksModule } from './locks.module.js';
export { LocksRepository } from './locks.repository.js';
export { type HeldLock, type LockOptions, LocksService } from './locks.service.js';
