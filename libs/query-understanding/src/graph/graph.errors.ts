/** The steps make no graph. Thrown at start-up. */
export class GraphDefinitionError extends Error {
  constructor(detail: string) {
    super(`The steps make no graph: ${detail}`);
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
