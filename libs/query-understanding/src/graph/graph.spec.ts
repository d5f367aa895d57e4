import { describe, expect, it } from '@jest/globals';
import { draw } from './drawing.js';
import { type AnyStep, Graph, type StepReport, stepOf } from './graph.js';
import { GraphDefinitionError } from './graph.errors.js';

interface Values {
  text: string;
  length: number;
  upper: string;
  both: string;
}
const step = stepOf<Values>();
const lengthStep = step({
  name: 'length',
  description: 'counts',
  inputs: ['text'],
  timeoutMs: 50,
  run: ({ text }) => text.length,
});
const upper = (more: Partial<AnyStep> = {}): AnyStep => ({
  ...step({
    name: 'upper',
    description: 'shouts',
    inputs: ['text'],
    timeoutMs: 50,
    run: async ({ text }) => Promise.resolve(text.toUpperCase()),
  }),
  ...more,
});
const both = step({
  name: 'both',
  description: 'joins',
  inputs: ['length', 'upper'],
  timeoutMs: 50,
  run: ({ length, upper: shouted }) => `${length} ${shouted}`,
});

describe(Graph.name, () => {
  it('runs each step after its inputs, regardless of the order of declaration', async () => {
    const graph = new Graph<Values>([both, upper(), lengthStep], ['text']);
    expect((await graph.run({ text: 'heat' })).results).toEqual({
      text: 'heat',
      length: 4,
      upper: 'HEAT',
      both: '4 HEAT',
    });
  });

  it('runs independent steps concurrently', async () => {
    const started: string[] = [];
    const meet = (name: string, other: string): AnyStep => ({
      name,
      description: '',
      inputs: ['text'],
      timeoutMs: 1000,
      run: async () => {
        started.push(name);
        while (!started.includes(other)) await new Promise((resolve) => setImmediate(resolve));
      },
    });
    await new Graph<{ text: string }>([meet('a', 'b'), meet('b', 'a')], ['text']).run({ text: '' });
    expect(started).toEqual(['a', 'b']);
  });

  it.each([
    ['an input that no step provides', [both, lengthStep], '"both" needs "upper", which no step provides'],
    ['a repeated name', [lengthStep, lengthStep], '"length" is provided twice'],
    ['a cycle', [lengthStep, both, { ...upper(), inputs: ['both'] }], 'a cycle among "both", "upper"'],
  ])('rejects %s, naming the steps', (_, steps, message) => {
    const make = (): unknown => new Graph<Values>(steps, ['text']);
    expect(make).toThrow(GraphDefinitionError);
    expect(make).toThrow(message);
  });

  it('uses and reports the fallback of an optional step that fails or times out', async () => {
    const reports: StepReport[] = [];
    const fail = upper({
      run: () => Promise.reject(new Error('no')),
      fallback: () => 'FALLBACK',
    });
    const failing = new Graph<Values>([both, fail, lengthStep], ['text'], (report) => reports.push(report));
    expect(await failing.run({ text: 'heat' })).toMatchObject({
      results: { both: '4 FALLBACK' },
      degraded: ['upper'],
    });
    expect(reports.find(({ step: name }) => name === 'upper')).toMatchObject({ outcome: 'failed' });

    let signal: AbortSignal | undefined;
    const hang = upper({
      timeoutMs: 5,
      run: (_: never, given: AbortSignal) => {
        signal = given;
        return new Promise(() => undefined);
      },
      fallback: () => 'LATE',
    });
    const late = new Graph<Values>([both, hang, lengthStep], ['text']);
    expect((await late.run({ text: 'heat' })).results.both).toBe('4 LATE');
    expect(signal?.aborted).toBe(true);
  });

  it('fails if a required step fails', async () => {
    const graph = new Graph<Values>(
      [both, upper({ run: () => Promise.reject(new Error('no')) }), lengthStep],
      ['text'],
    );
    await expect(graph.run({ text: 'heat' })).rejects.toThrow('no');
  });
});

describe(draw.name, () => {
  it('contains steps and edges', () => {
    const { mermaid, steps } = draw(new Graph<Values>([both, upper(), lengthStep], ['text']).steps);
    expect(mermaid).toContain('text --> length');
    expect(mermaid).toContain('upper --> both');
    expect(steps.map(({ name }) => name)).toEqual(['upper', 'length', 'both']);
  });
});
