/** Measures one contender in one round. Higher is better unless the benchmark says otherwise. */
export type Contender = readonly [name: string, measure: () => Promise<number>];

export interface Comparison {
  readonly name: string;
  readonly median: number;
  /** Ratios to the first contender in the same round: median, minimum and maximum. */
  readonly ratio: number;
  readonly min: number;
  readonly max: number;
}

/** Measures the contenders alternately in every round, so that changes in the machine's load affect all alike. */
export async function interleave(rounds: number, contenders: readonly Contender[]): Promise<Comparison[]> {
  const figures = contenders.map((): number[] => []);
  for (let round = 0; round < rounds; round++) {
    for (const [index, [, measure]] of contenders.entries()) figures[index]?.push(await measure());
  }
  return contenders.map(([name], index) => {
    const own = figures[index] as number[];
    const ratios = own.map((figure, round) => figure / (figures[0]?.[round] as number));
    return {
      name,
      median: median(own),
      ratio: median(ratios),
      min: Math.min(...ratios),
      max: Math.max(...ratios),
    };
  });
}

export function median(figures: readonly number[]): number {
  const sorted = figures.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1
    ? (sorted[middle] as number)
    : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export function percentile(figures: readonly number[], share: number): number {
  const sorted = figures.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

/** Renders a Markdown table for the terminal and RESULTS.md. */
export function table(unit: string, comparisons: readonly Comparison[]): string {
  const rows = comparisons.map(
    ({ name, median: figure, ratio, min, max }) =>
      `| ${name} | ${figure.toPrecision(3)} | ${ratio.toFixed(2)} | ${min.toFixed(2)}–${max.toFixed(2)} |`,
  );
  return [`| contender | median ${unit} | ratio to the first | range |`, '|---|---|---|---|', ...rows].join(
    '\n',
  );
}

/** Returns how many calls of `run` per second complete at the given concurrency. */
export async function perSecond(
  run: (index: number) => Promise<unknown>,
  { concurrency, durationMs = 700 }: { concurrency: number; durationMs?: number },
): Promise<number> {
  let done = 0;
  const startedMs = performance.now();
  const endMs = startedMs + durationMs;
  await Promise.all(
    Array.from({ length: concurrency }, async (_, lane) => {
      for (let index = lane; performance.now() < endMs; index += concurrency) {
        await run(index);
        done++;
      }
    }),
  );
  return (1000 * done) / (performance.now() - startedMs);
}
