import { describe, expect, it } from '@jest/globals';
import { policySchema } from './policy.js';

const parse = (more: Record<string, unknown>) =>
  policySchema.safeParse({ name: 'p', quota: 10, windowSeconds: 60, ...more });
const faultsOf = (more: Record<string, unknown>): string[] =>
  parse(more).error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`) ?? [];

describe('policySchema', () => {
  it('defaults to a sliding window, and to GCRA if there is a burst', () => {
    expect(parse({}).data?.algorithm).toBe('sliding-window');
    expect(parse({ burst: 2 }).data?.algorithm).toBe('gcra');
    expect(parse({ algorithm: 'gcra' }).data?.algorithm).toBe('gcra');
  });

  it('rejects a burst for other algorithms, and an algorithm for concurrent requests', () => {
    expect(faultsOf({ algorithm: 'sliding-window', burst: 2 })).toEqual([
      'burst does not apply to the algorithm "sliding-window"',
    ]);
    expect(faultsOf({ unit: 'concurrent-requests', algorithm: 'fixed-window' })).toEqual([
      'algorithm does not apply to concurrent requests',
    ]);
    expect(parse({ unit: 'concurrent-requests' }).data?.algorithm).toBeUndefined();
  });
});
