export class TaskNotFoundError extends Error {
  constructor() {
    super('There is no such task: it was never stored, it has expired or it was claimed');
    this.name = TaskNotFoundError.name;
  }
}

export class TaskResultTooLargeError extends Error {
  constructor(readonly maxBytes: number) {
    super(`must be at most ${maxBytes} bytes of JSON`);
    this.name = TaskResultTooLargeError.name;
  }
}
