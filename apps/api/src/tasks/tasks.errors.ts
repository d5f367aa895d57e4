import { DomainError, FieldError } from '@app/errors';

export class TaskNotFoundError extends DomainError {
  readonly code = 'task-not-found';
  readonly status = 404;
  readonly title = 'Task not found';

  constructor() {
    super('There is no task with this id. It was never stored, has expired, or was claimed.');
  }
}

export class TaskResultTooLargeError extends FieldError {
  readonly code = 'body-too-large';
  readonly status = 413;
  readonly title = 'Request body too large';

  constructor(maxBytes: number) {
    super('result', `must be at most ${maxBytes} bytes of JSON`);
  }
}
