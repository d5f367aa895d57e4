import type { Algorithm } from '../algorithms/algorithm.js';
import { algorithmTypeOf } from '../algorithms/algorithms.js';
import type { RateLimitOverride, RateLimitPolicy } from './policy.js';

/**
 * A policy, or a client's override of it, prepared for the hot path. Every change of the policies creates new instances, so that
 * nothing known about an old one applies to a new one.
 */
export class CompiledPolicy {
  readonly name: string;
  readonly algorithm: Algorithm;
  /** The algorithm's letter in the scripts, in upper case if the policy is in shadow mode. */
  readonly code: string;
  readonly letter: string;
  readonly isEnforced: boolean;
  /** Whether it is charged with the bytes of bodies as they arrive, instead of with the request. */
  readonly countsBytes: boolean;
  /** The maximum number of units at once: a request that costs more can never be admitted. */
  readonly capacity: number;
  readonly windowMs: number;

  constructor(readonly settings: RateLimitPolicy) {
    const { name, mode, unit, cost } = settings;
    const type = algorithmTypeOf(settings);
    this.name = name;
    this.algorithm = new type(settings);
    this.letter = type.letter;
    this.isEnforced = mode === 'enforce';
    this.code = this.isEnforced ? type.letter : type.letter.toUpperCase();
    this.countsBytes = unit === 'content-bytes' && cost === undefined;
    this.capacity = this.algorithm.capacity;
    this.windowMs = this.algorithm.windowMs;
  }

  /** @param route the route's pattern */
  appliesTo(route: string): boolean {
    const { routes } = this.settings;
    return !routes || routes.some((prefix) => route === prefix || route.startsWith(`${prefix}/`));
  }

  /** Returns the same policy with the amounts of a client's override, as far as the algorithm takes them. */
  overriddenBy({ quota, windowSeconds, burst }: RateLimitOverride): CompiledPolicy {
    const { required, optional } = algorithmTypeOf(this.settings);
    const takes = [...required, ...optional];
    return new CompiledPolicy({
      ...this.settings,
      quota,
      windowSeconds: takes.includes('windowSeconds')
        ? (windowSeconds ?? this.settings.windowSeconds)
        : undefined,
      burst: takes.includes('burst') ? burst : undefined,
    });
  }
}
