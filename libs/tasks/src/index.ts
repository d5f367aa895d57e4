export {
  MAX_TASK_RESULT_BYTES,
  MAX_TASK_TTL_SECONDS,
  MIN_TASK_TTL_SECONDS,
  type Task,
  TASK_TTL_SECONDS,
  type TaskDraft,
  type TaskStatus,
  taskStatuses,
} from './task.js';
export { TaskFinishedError, TaskNotFinishedError, TasksUnavailableError } from './tasks.errors.js';
export { TasksModule } from './tasks.module.js';
export { TasksRepository } from './tasks.repository.js';
