import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { read, readExamples } from './read.js';
import { evaluate, fieldsOf, precision, recall } from './score.js';

/** Returns the fields below the threshold. `npm run eval -- --verbose FILE` shows every disagreement. */
const fieldsBelow = async (name: string, least: number): Promise<string[]> => {
  const file = join(import.meta.dirname, `${name}.jsonl`);
  const examples = readExamples(file);
  const { fields } = evaluate(examples, await read(examples), fieldsOf(file));
  return [...fields]
    .filter(([, score]) => Math.min(precision(score), recall(score)) < least)
    .map(([field, score]) => `${field}: ${precision(score).toFixed(2)}, ${recall(score).toFixed(2)}`);
};

describe('the rules of query understanding', () => {
  it.each(['development', 'development-2', 'development-3', 'numeric/development', 'plots'])(
    'keep their scores on %s',
    async (name) => {
      expect(await fieldsBelow(name, 0.85)).toEqual([]);
    },
  );

  it.each(['held-out', 'numeric/held-out'])('keep their scores on %s', async (name) => {
    expect(await fieldsBelow(name, 0.8)).toEqual([]);
  });
});

describe(evaluate.name, () => {
  it('counts missed and extra items', () => {
    const examples = [
      { query: 'q', expected: { genres: ['Comedy' as const], limit: 3, intent: 'search' as const } },
    ];
    const { fields, disagreements } = evaluate(examples, [{ genres: ['Drama'], intent: 'search' }]);
    expect(fields.get('genres')).toEqual({ right: 0, extra: 1, missed: 1 });
    expect(fields.get('limit')).toEqual({ right: 0, extra: 0, missed: 1 });
    expect(fields.get('intent')).toEqual({ right: 1, extra: 0, missed: 0 });
    expect(disagreements.map(({ field }) => field)).toEqual(['genres', 'limit']);
  });
});
