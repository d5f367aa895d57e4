export class TaskNotFoundError extends Error {
  constructor() {
    super('There is no such task: it was never stored, it has expired or it was claimed');
    this.name = TaskNotFoundError.name;
  }
}

export class TaskResultTooLargeError extends Error {
  constructor(readonly largestBytes: number) {
    super(`must be at most ${largestBytes} bytes of JSON`);
    this.name = TaskResultTooLargeError.name;
  }
}
