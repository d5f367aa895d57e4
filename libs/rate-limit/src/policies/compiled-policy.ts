import type { RateLimitOverride, RateLimitPolicy } from './policy.js';

/** As the scripts know them: GCRA, sliding window, fixed window, calendar quota, leases. */
type Kind = 'g' | 's' | 'f' | 'c' | 'l';

/** Of a calendar period, the longest; a limiter in the process has no calendar. */
const periodSeconds = { minute: 60, hour: 3_600, day: 86_400, week: 604_800, month: 2_678_400 };

/**
 * A policy, or a client's override of it, made ready for the hot path. Every change of the policies makes new ones: what was
 * known under another is not believed.
 */
export class CompiledPolicy {
  readonly name: string;
  readonly kind: Kind;
  readonly isEnforced: boolean;
  /** Charged with the bytes of bodies as they arrive, rather than with the request. */
  readonly countsBytes: boolean;
  /** The most that can be had at once: what costs more can never be admitted. */
  readonly capacity: number;
  readonly windowMs: number;
  /** Time in which one unit comes back. */
  readonly emissionMs: number;
  /** The most debt there may be. */
  readonly toleranceMs: number;
  /** Its arguments for the script, but for the cost. */
  readonly code: string;
  readonly a: string;
  readonly b: string;

  constructor(readonly settings: RateLimitPolicy) {
    const { name, algorithm, quota, burst = quota, windowSeconds, period, mode, unit } = settings;
    this.name = name;
    this.kind = unit === 'concurrent-requests' ? 'l' : kinds[algorithm ?? 'sliding-window'];
    this.isEnforced = mode === 'enforce';
    this.countsBytes = unit === 'content-bytes' && settings.cost === undefined;
    this.capacity = this.kind === 'g' ? burst : quota;
    this.windowMs = 1000 * (windowSeconds ?? periodSeconds[period ?? 'day']);
    this.emissionMs = this.windowMs / quota;
    this.toleranceMs = this.emissionMs * this.capacity;
    this.code = this.isEnforced ? this.kind : this.kind.toUpperCase();
    this.a = this.kind === 'g' ? luaNumber(this.emissionMs) : String(quota);
    this.b =
      this.kind === 'g'
        ? luaNumber(this.toleranceMs)
        : this.kind === 'c'
          ? (period as string)
          : String(this.windowMs);
  }

  /** @param route the route's pattern */
  appliesTo(route: string): boolean {
    const { routes } = this.settings;
    return !routes || routes.some((prefix) => route === prefix || route.startsWith(`${prefix}/`));
  }

  /** The same policy with a client's own amounts. */
  overriddenBy({ quota, windowSeconds, burst }: RateLimitOverride): CompiledPolicy {
    const settings = {
      ...this.settings,
      quota,
      windowSeconds:
        this.settings.algorithm === 'calendar' ? undefined : (windowSeconds ?? this.settings.windowSeconds),
      burst: this.kind === 'g' ? burst : undefined,
    };
    return new CompiledPolicy(settings);
  }
}

const kinds: Record<NonNullable<RateLimitPolicy['algorithm']>, Kind> = {
  'sliding-window': 's',
  gcra: 'g',
  'fixed-window': 'f',
  calendar: 'c',
};

/** As Lua reads and the stored state has it. */
const luaNumber = (value: number): string => String(Number(value.toPrecision(15)));
