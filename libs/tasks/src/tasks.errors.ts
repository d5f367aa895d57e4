import { DomainError, UnavailableError } from '@app/errors';
import type { Task, TaskStatus } from './task.js';

/** Redis did not confirm the call. A claimed result may be lost. */
export class TasksUnavailableError extends UnavailableError {}

/** The task is finished, and the requested status would undo that. Nothing was changed. */
export class TaskFinishedError extends DomainError {
  readonly code = 'task-finished';
  readonly status = 409;
  readonly title = 'Task already finished';

  constructor(current: TaskStatus, requested: TaskStatus) {
    super(
      `The task is ${current} and cannot become ${requested}. Claim it first, or use another id for a new task.`,
    );
  }
}

/** The task is still pending or running, so there is no result to claim. */
export class TaskNotFinishedError extends DomainError {
  readonly code = 'task-not-finished';
  readonly status = 409;
  readonly title = 'Task not finished';
  override readonly retryAfterSeconds = 1;

  constructor(readonly task: Task) {
    super(`The task is ${task.status}. Claim it when it is done or failed.`);
  }
}
