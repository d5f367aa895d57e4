import { withTimeout } from '@app/async';
import { GraphDefinitionError, StepTimeoutError } from './graph.errors.js';

/** What steps produce, by step name. */
export type Results = object;

type ValueOf<R extends Results, K extends keyof R> = R[K];

/** A step: declared inputs, a bound on its time, and what stands in for its result when it fails. */
export interface Step<R extends Results, K extends keyof R & string, I extends keyof R & string> {
  readonly name: K;
  readonly inputs: readonly I[];
  readonly timeoutMs: number;
  /** One line, for people. */
  readonly description: string;
  run(inputs: Pick<R, I>, signal: AbortSignal): ValueOf<R, K> | Promise<ValueOf<R, K>>;
  /** Without it the step is required: its failure fails the run. */
  readonly fallback?: (inputs: Pick<R, I>) => ValueOf<R, K>;
}

/** A step of any name and inputs. `step` makes it type-safe before its types are forgotten. */
export interface AnyStep {
  readonly name: string;
  readonly inputs: readonly string[];
  readonly timeoutMs: number;
  readonly description: string;
  run(inputs: never, signal: AbortSignal): unknown;
  readonly fallback?: ((inputs: never) => unknown) | undefined;
}

/** How a step ended. */
export interface StepReport {
  readonly step: string;
  readonly outcome: 'ok' | 'failed' | 'timeout';
  readonly durationMs: number;
  readonly error?: Error;
}

export interface RunResult<R extends Results> {
  readonly results: R;
  /** Names of the steps whose fallback stood in, in the graph's order. */
  readonly degraded: readonly string[];
}

/** Declares a step of a graph that produces `R`. */
export const stepOf =
  <R extends Results>() =>
  <K extends keyof R & string, I extends keyof R & string>(step: Step<R, K, I>): AnyStep =>
    step;

/** Steps in an order in which each comes after its inputs. Each runs as soon as those are there. */
export class Graph<R extends Results> {
  readonly steps: readonly AnyStep[];

  /**
   * @param given names of the values that `run` is handed
   * @throws GraphDefinitionError for a name that comes twice, an input that nobody provides, or a cycle
   */
  constructor(
    steps: readonly AnyStep[],
    private readonly given: readonly (keyof R & string)[],
    private readonly onStep: (report: StepReport) => void = () => undefined,
  ) {
    this.steps = inOrder(steps, given);
  }

  /** @throws what a step without a fallback throws, and StepTimeoutError */
  async run(given: Partial<R>): Promise<RunResult<R>> {
    const values = new Map<string, Promise<unknown>>();
    for (const name of this.given) values.set(name, Promise.resolve(given[name]));
    const degraded = new Set<string>();
    for (const step of this.steps) {
      const value = this.runStep(step, values, degraded);
      // Somebody else's failure may end the run first.
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
      const value = await bounded(step, inputs);
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

/** Steps that do their work at once are not put off by a timer. */
function bounded(step: AnyStep, inputs: never): unknown {
  const end = new AbortController();
  const running = step.run(inputs, end.signal);
  if (!(running instanceof Promise)) return running;
  return withTimeout(running, step.timeoutMs, () => {
    const error = new StepTimeoutError(step.name, step.timeoutMs);
    end.abort(error);
    throw error;
  });
}

/** Kahn's algorithm; what is left over is or waits for a cycle. */
function inOrder(steps: readonly AnyStep[], given: readonly string[]): AnyStep[] {
  const provided = new Set(given);
  for (const { name } of steps) {
    if (provided.has(name)) throw new GraphDefinitionError(`"${name}" is provided twice`);
    provided.add(name);
  }
  const faults = steps.flatMap(({ name, inputs }) =>
    inputs.filter((input) => !provided.has(input)).map((input) => `"${name}" needs "${input}"`),
  );
  if (faults.length > 0) throw new GraphDefinitionError(`${faults.join(', ')}: nobody provides it`);
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
