/** The steps do not form a valid graph. Thrown at startup. */
export class GraphDefinitionError extends Error {
  constructor(detail: string) {
    super(`Invalid graph of steps: ${detail}`);
    this.name = GraphDefinitionError.name;
  }
}

export class StepTimeoutError extends Error {
  constructor(
    readonly step: string,
    timeoutMs: number,
  ) {
    super(`"${step}" took longer than ${timeoutMs} ms`);
    this.name = StepTimeoutError.name;
  }
}
