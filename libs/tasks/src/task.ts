import { SHORT_TTL_SECONDS } from '@app/config';

export const taskStatuses = ['pending', 'running', 'done', 'failed'] as const;
export type TaskStatus = (typeof taskStatuses)[number];

/** TTL of a task that does not set its own. Each write renews it. */
export const TASK_TTL_SECONDS = SHORT_TTL_SECONDS;
export const MIN_TASK_TTL_SECONDS = 1;
export const MAX_TASK_TTL_SECONDS = 604_800;
/** Larger results belong in a different store. */
export const MAX_TASK_RESULT_BYTES = 1_048_576;

/** The state of a task as reported by its producer. */
export interface TaskDraft {
  readonly status: TaskStatus;
  /** From 0 to 1. Undefined keeps the last value. The progress of a task that is done is 1. */
  readonly progress?: number | undefined;
  /** JSON: the result of a task that is done, or the cause of one that failed. */
  readonly resultJson?: string | undefined;
  /** Undefined keeps the task's TTL, which is {@link TASK_TTL_SECONDS} unless it was set. */
  readonly ttlSeconds?: number | undefined;
}

export interface Task {
  readonly status: TaskStatus;
  /** From 0 to 1; null if it is not known. */
  readonly progress: number | null;
  /** JSON as it was stored; undefined if there is none. */
  readonly resultJson: string | undefined;
}
