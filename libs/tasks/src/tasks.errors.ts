import type { Task, TaskStatus } from './task.js';

/** Redis did not confirm the call. A result that was to be claimed may be gone. */
export class TasksUnavailableError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = TasksUnavailableError.name;
  }
}

/** The task is finished, and the new status would undo that. Nothing was changed. */
export class TaskFinishedError extends Error {
  constructor(current: TaskStatus, requested: TaskStatus) {
    super(
      `The task is ${current} and cannot become ${requested}. Claim it first, or use another id for a new task.`,
    );
    this.name = TaskFinishedError.name;
  }
}

/** The task is still pending or running, so there is nothing to claim. */
export class TaskNotFinishedError extends Error {
  constructor(readonly task: Task) {
    super(`The task is ${task.status}. Claim it when it is done or failed.`);
    this.name = TaskNotFinishedError.name;
  }
}
