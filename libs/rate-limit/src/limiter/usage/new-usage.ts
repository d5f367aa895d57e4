import type { CompiledPolicy } from '../../policies/compiled-policy.js';
import { LinearUsage } from './linear-usage.js';
import { SlidingWindowUsage } from './sliding-window-usage.js';
import type { Usage } from './usage.js';

/** Returns a client's usage of a policy, with nothing used yet. */
export const newUsage = (policy: CompiledPolicy): Usage =>
  policy.kind === 's' ? new SlidingWindowUsage(policy) : new LinearUsage(policy);
