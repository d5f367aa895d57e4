import { describe, expect, it } from '@jest/globals';
import { Histogram, Registry } from 'prom-client';
import { DurationHistogram } from './duration-histogram.js';

const described = { name: 'a_duration_seconds', help: 'Of a test', labelNames: ['room', 'end'] as const };
const bucketsSeconds = [0.001, 0.01, 0.1];

describe(DurationHistogram.name, () => {
  it('exports the same values as prom-client’s own histogram', async () => {
    const [ours, theirs] = [new Registry(), new Registry()];
    const fast = new DurationHistogram({ ...described, bucketsSeconds, registry: ours });
    const own = new Histogram({ ...described, buckets: bucketsSeconds, registers: [theirs] });
    for (const room of ['cellar', 'attic "north"\n']) {
      for (const durationMs of [0, 0.5, 1, 1.001, 10, 99, 100, 101, 5_000]) {
        fast.of({ room, end: 'ok' }).observe(durationMs);
        own.observe({ room, end: 'ok' }, durationMs / 1000);
      }
    }
    fast.of({ room: 'cellar', end: 'error' }).observe(3);
    own.observe({ room: 'cellar', end: 'error' }, 0.003);
    const sorted = async (registry: Registry): Promise<string[]> =>
      (await registry.metrics()).split('\n').map(labelsSorted).toSorted();
    expect(await sorted(ours)).toEqual(await sorted(theirs));
    expect(fast.of({ room: 'cellar', end: 'error' }).count).toBe(1);
  });

  it('restarts at zero when the registry is reset, even for callers that hold a series', async () => {
    const registry = new Registry();
    const held = new DurationHistogram({ ...described, bucketsSeconds, registry }).of({
      room: 'a',
      end: 'ok',
    });
    held.observe(1);
    registry.resetMetrics();
    held.observe(2_000);
    const metrics = await registry.metrics();
    expect(metrics).toContain('le="0.1"} 0\n');
    expect(metrics).toContain('a_duration_seconds_sum{room="a",end="ok"} 2\n');
  });
});

const labelsSorted = (line: string): string =>
  line.replace(
    /\{(.*)\}/,
    (_, labels: string) =>
      `{${labels
        .split(/,(?=\w+=")/)
        .toSorted()
        .join()}}`,
  );
