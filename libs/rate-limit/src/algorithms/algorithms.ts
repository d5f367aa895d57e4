import type { AlgorithmType } from './algorithm.js';
import { Calendar } from './calendar.js';
import { Concurrency } from './concurrency.js';
import { FixedWindow } from './fixed-window.js';
import { Gcra } from './gcra.js';
import { SlidingWindow } from './sliding-window.js';

/** The algorithms that a policy can name. */
export const algorithms = {
  'sliding-window': SlidingWindow,
  gcra: Gcra,
  'fixed-window': FixedWindow,
  calendar: Calendar,
} satisfies Record<string, AlgorithmType>;

export type AlgorithmName = keyof typeof algorithms;
export const algorithmNames = Object.keys(algorithms) as [AlgorithmName, ...AlgorithmName[]];

/** Returns the algorithm of a policy. Concurrent requests have one of their own, which has no name. */
export function algorithmTypeOf(policy: {
  readonly unit: string;
  readonly algorithm?: AlgorithmName | undefined;
}): AlgorithmType {
  return policy.unit === 'concurrent-requests'
    ? Concurrency
    : algorithms[policy.algorithm ?? 'sliding-window'];
}

/** The Lua fragments of all algorithms, by the names under which `registry.lua` includes them. */
export const algorithmFragments: Readonly<Record<string, URL>> = Object.fromEntries(
  [...Object.values(algorithms), Concurrency].map(({ letter, fragment }) => [
    `algorithms/${letter}`,
    fragment,
  ]),
);
