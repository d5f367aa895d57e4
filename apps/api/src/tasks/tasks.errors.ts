export class TaskNotFoundError extends Error {
  constructor() {
    super('There is no result of such a task');
    this.name = TaskNotFoundError.name;
  }
}

export class TaskResultTooLargeError extends Error {
  constructor(readonly largestBytes: number) {
    super(`must be at most ${largestBytes} bytes of JSON`);
    this.name = TaskResultTooLargeError.name;
  }
}
