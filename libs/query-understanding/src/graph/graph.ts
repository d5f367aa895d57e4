import { withTimeout } from '@app/async';
import { GraphDefinitionError, StepTimeoutError } from './graph.errors.js';

/** The results of steps, by step name. */
export type Results = object;

type ValueOf<R extends Results, K extends keyof R> = R[K];

/** A step of a graph, with its inputs, a timeout and an optional fallback result. */
export interface Step<R extends Results, K extends keyof R & string, I extends keyof R & string> {
  readonly name: K;
  readonly inputs: readonly I[];
  readonly timeoutMs: number;
  /** A one-line description for the drawing of the graph. */
  readonly description: string;
  run(inputs: Pick<R, I>, signal: AbortSignal): ValueOf<R, K> | Promise<ValueOf<R, K>>;
  /** Returns the result if the step fails. Without a fallback, a failure of the step fails the run. */
  readonly fallback?: (inputs: Pick<R, I>) => ValueOf<R, K>;
}

/** A step with any name and inputs. `stepOf` checks the types before they are erased. */
export interface AnyStep {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly timeoutMs: number;
  readonly description: string;
  run(inputs: never, signal: AbortSignal): unknown;
  readonly fallback?: ((inputs: never) => unknown) | undefined;
}

/** The outcome of a step. */
export interface StepReport {
  readonly step: string;
  readonly outcome: 'ok' | 'failed' | 'timeout';
  readonly durationMs: number;
  readonly error?: Error;
}

export interface RunResult<R extends Results> {
  readonly results: R;
  /** The names of the steps whose fallback was used, in the order of the graph. */
  readonly degraded: readonly string[];
}

/** Declares a step of a graph that produces `R`. */
export const stepOf =
  <R extends Results>() =>
  <K extends keyof R & string, I extends keyof R & string>(step: Step<R, K, I>): AnyStep =>
    step;

/** A directed acyclic graph of steps. Each step runs as soon as its inputs are available. */
export class Graph<R extends Results> {
  readonly steps: readonly AnyStep[];

  /**
   * @param given the names of the values that are passed to `run`
   * @throws GraphDefinitionError for a repeated name, an input that no step provides, or a cycle
   */
  constructor(
    steps: readonly AnyStep[],
    private readonly given: readonly (keyof R & string)[],
    private readonly onStep: (report: StepReport) => void = () => undefined,
  ) {
    this.steps = inOrder(steps, given);
  }

  /** Runs all steps. @throws StepTimeoutError, and the errors of steps without a fallback */
  async run(given: Partial<R>): Promise<RunResult<R>> {
    const values = new Map<string, Promise<unknown>>();
    for (const name of this.given) values.set(name, Promise.resolve(given[name]));
    const degraded = new Set<string>();
    for (const step of this.steps) {
      const value = this.runStep(step, values, degraded);
      // The run may already have failed because of another step.
      value.catch(() => undefined);
      values.set(step.name, value);
    }
    const names = [...values.keys()];
    const settled = await Promise.all(values.values());
    return {
      results: Object.fromEntries(names.map((name, index) => [name, settled[index]])) as R,
      degraded: this.steps.map(({ name }) => name).filter((name) => degraded.has(name)),
    };
  }

  private async runStep(
    step: AnyStep,
    values: ReadonlyMap<string, Promise<unknown>>,
    degraded: Set<string>,
  ): Promise<unknown> {
    const inputs = Object.fromEntries(
      await Promise.all(step.inputs.map(async (name) => [name, await values.get(name)] as const)),
    ) as never;
    const startedMs = performance.now();
    const report = (outcome: StepReport['outcome'], error?: Error): void =>
      this.onStep({
        step: step.name,
        outcome,
        durationMs: performance.now() - startedMs,
        ...(error ? { error } : {}),
      });
    try {
      const value = await runWithTimeout(step, inputs);
      report('ok');
      return value;
    } catch (error) {
      report(error instanceof StepTimeoutError ? 'timeout' : 'failed', error as Error);
      if (!step.fallback) throw error;
      degraded.add(step.name);
      return step.fallback(inputs);
    }
  }
}

/** Runs a step with its timeout. Synchronous steps run without a timer. */
function runWithTimeout(step: AnyStep, inputs: never): unknown {
  const abort = new AbortController();
  const running = step.run(inputs, abort.signal);
  if (!(running instanceof Promise)) return running;
  return withTimeout(running, step.timeoutMs, () => {
    const error = new StepTimeoutError(step.name, step.timeoutMs);
    abort.abort(error);
    throw error;
  });
}

/** Sorts steps topologically with Kahn's algorithm. Steps that remain are part of a cycle or depend on one. */
function inOrder(steps: readonly AnyStep[], given: readonly string[]): AnyStep[] {
  const provided = new Set(given);
  for (const { name } of steps) {
    if (provided.has(name)) throw new GraphDefinitionError(`"${name}" is provided twice`);
    provided.add(name);
  }
  const faults = steps.flatMap(({ name, inputs }) =>
    inputs.filter((input) => !provided.has(input)).map((input) => `"${name}" needs "${input}"`),
  );
  if (faults.length > 0) throw new GraphDefinitionError(`${faults.join(', ')}, which no step provides`);
  const ordered: AnyStep[] = [];
  const ready = new Set(given);
  let waiting = [...steps];
  while (waiting.length > 0) {
    const next = waiting.filter(({ inputs }) => inputs.every((input) => ready.has(input)));
    if (next.length === 0) {
      throw new GraphDefinitionError(`a cycle among ${waiting.map(({ name }) => `"${name}"`).join(', ')}`);
    }
    for (const step of next) ready.add(step.name);
    ordered.push(...next);
    waiting = waiting.filter((step) => !next.includes(step));
  }
  return ordered;
}
