import { describe, expect, it } from '@jest/globals';
import { policySetSchema, withFailurePolicy } from './policy.js';

const policies = [{ name: 'keyed', quota: 10, windowSeconds: 60 }];
const own = { name: 'failed-requests', quota: 5, windowSeconds: 60, partition: 'address' };
const complete = (set: Record<string, unknown>) =>
  withFailurePolicy(policySetSchema.parse({ policies, plans: { default: ['keyed'] }, ...set }));

describe(withFailurePolicy.name, () => {
  it('adds the built-in policy if the set does not name policies for failures', () => {
    const set = complete({});
    expect(set.onFailure).toEqual(['failed-requests']);
    expect(set.policies.at(-1)).toMatchObject({ algorithm: 'gcra', quota: 100, partition: 'address' });
    expect(policySetSchema.safeParse(set).success).toBe(true);
  });

  it('keeps a set that names its own, or none', () => {
    expect(complete({ onFailure: [] })).toMatchObject({ onFailure: [], policies: [{ name: 'keyed' }] });
  });

  it('still charges failures if a set is sent back without the member', () => {
    const { onFailure: _, ...set } = complete({});
    expect(withFailurePolicy(set).onFailure).toEqual(['failed-requests']);
    expect(withFailurePolicy(set).policies).toHaveLength(2);
  });

  it('does not use a policy of that name that counts something else', () => {
    const elsewhere = { policies: [...policies, own], plans: { default: ['keyed'] } };
    expect(complete({ ...elsewhere, beforeAuthentication: ['failed-requests'] }).onFailure).toEqual([]);
    expect(
      complete({ ...elsewhere, policies: [...policies, { ...own, partition: 'key' }] }).onFailure,
    ).toEqual([]);
  });

  it('rejects policies that cannot count failures', () => {
    const faults = policySetSchema
      .safeParse({ policies, plans: { default: ['keyed'] }, onFailure: ['keyed', 'none'] })
      .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
    expect(faults).toEqual([
      'plans.default.0 "keyed" already counts failures',
      'onFailure.0 "keyed" must have the partition "address" and the unit "requests"',
      'onFailure.1 there is no policy "none"',
    ]);
  });
});
