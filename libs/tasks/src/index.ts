export { TasksModule } from './tasks.module.js';
export { TASK_RESULT_TTL_SECONDS, TasksRepository, TasksUnavailableError } from './tasks.repository.js';
