import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import { DurationHistogram, type Durations } from '@app/observability';
import type { CacheOutcome } from '../cache-result.js';

const bucketsSeconds = [
  0.0001, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
];
/** Outcomes that needed no load of their own. */
const saving: ReadonlySet<CacheOutcome> = new Set([
  'local_hit',
  'redis_hit',
  'stale',
  'negative',
  'coalesced',
]);

/** What a load from an upstream cost. */
export interface LoadCost {
  readonly items: number;
  readonly durationMs: number;
  readonly tokens: number;
  readonly usd: number;
}

/** What a namespace has done since the process started. */
export interface NamespaceStats {
  readonly outcomes: Readonly<Partial<Record<CacheOutcome, number>>>;
  /** Share of the lookups that needed no load; undefined before the first lookup. */
  readonly hitRate: number | undefined;
  /** What the hits would have cost, estimated from the average cost of a load. */
  readonly saved: {
    readonly items: number;
    readonly tokens: number;
    readonly milliseconds: number;
    readonly usd: number;
  };
}

/** Running totals of a namespace. */
interface Ledger {
  readonly lookups: Partial<Record<CacheOutcome, Durations>>;
  loadedItems: number;
  loadedMs: number;
  loadedTokens: number;
  loadedUsd: number;
}

/** Counts outcomes by namespace, with their latency, and what hits have saved. */
@Injectable()
export class CacheMetrics {
  private readonly ledgers = new Map<string, Ledger>();
  private readonly lookups: DurationHistogram<'namespace' | 'outcome'>;
  private readonly loads: Counter<'namespace'>;
  private readonly tokens: Counter<'namespace'>;
  private readonly oversized: Counter<'namespace'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.lookups = new DurationHistogram({
      name: 'marquee_cache_lookup_duration_seconds',
      help: 'Duration of cache lookups, by namespace and outcome',
      labelNames: ['namespace', 'outcome'],
      bucketsSeconds,
      registry,
    });
    this.loads = new Counter({
      name: 'marquee_cache_loaded_items_total',
      help: 'Values loaded from an upstream, by namespace',
      labelNames: ['namespace'],
      registers,
    });
    this.tokens = new Counter({
      name: 'marquee_cache_loaded_tokens_total',
      help: 'Tokens spent on loading values, by namespace',
      labelNames: ['namespace'],
      registers,
    });
    this.oversized = new Counter({
      name: 'marquee_cache_oversized_values_total',
      help: 'Values served but not stored because they are larger than CACHE_MAX_VALUE_BYTES, by namespace',
      labelNames: ['namespace'],
      registers,
    });
    const { ledgers } = this;
    const savedMilliseconds = new Gauge({
      name: 'marquee_cache_saved_upstream_seconds',
      help: 'Upstream time that hits have saved since start, estimated from the average duration of a load',
      labelNames: ['namespace'],
      registers: [],
      collect() {
        for (const [namespace, ledger] of ledgers)
          this.set({ namespace }, toStats(ledger).saved.milliseconds / 1000);
      },
    });
    registry.registerMetric(savedMilliseconds);
  }

  /** Counts a lookup. */
  lookedUp(namespace: string, outcome: CacheOutcome, durationMs: number): void {
    const { lookups } = this.ledger(namespace);
    const durations = (lookups[outcome] ??= this.lookups.of({ namespace, outcome }));
    durations.observe(durationMs);
  }

  /** Adds the cost of a load. */
  loaded(namespace: string, cost: LoadCost): void {
    this.loads.inc({ namespace }, cost.items);
    if (cost.tokens > 0) this.tokens.inc({ namespace }, cost.tokens);
    const ledger = this.ledger(namespace);
    ledger.loadedItems += cost.items;
    ledger.loadedMs += cost.durationMs;
    ledger.loadedTokens += cost.tokens;
    ledger.loadedUsd += cost.usd;
  }

  /** Counts a value that was too large to store. */
  tooLarge(namespace: string): void {
    this.oversized.inc({ namespace });
  }

  /** Returns the average time to load one value; 0 before the first load. */
  meanLoadMs(namespace: string): number {
    const { loadedItems, loadedMs } = this.ledger(namespace);
    return loadedItems === 0 ? 0 : loadedMs / loadedItems;
  }

  /** Returns the statistics of every namespace that has been used. */
  stats(): Record<string, NamespaceStats> {
    return Object.fromEntries([...this.ledgers].map(([name, ledger]) => [name, toStats(ledger)]));
  }

  private ledger(namespace: string): Ledger {
    let ledger = this.ledgers.get(namespace);
    if (!ledger) {
      ledger = { lookups: {}, loadedItems: 0, loadedMs: 0, loadedTokens: 0, loadedUsd: 0 };
      this.ledgers.set(namespace, ledger);
    }
    return ledger;
  }
}

function toStats({ lookups, loadedItems, loadedMs, loadedTokens, loadedUsd }: Ledger): NamespaceStats {
  const entries = (Object.entries(lookups) as [CacheOutcome, Durations][]).map(
    ([outcome, { count }]) => [outcome, count] as const,
  );
  const all = entries.reduce((sum, [, count]) => sum + count, 0);
  const saved = entries.reduce((sum, [outcome, count]) => sum + (saving.has(outcome) ? count : 0), 0);
  const perItem = (total: number): number => (loadedItems === 0 ? 0 : total / loadedItems);
  return {
    outcomes: Object.fromEntries(entries),
    hitRate: all === 0 ? undefined : saved / all,
    saved: {
      items: saved,
      tokens: Math.round(saved * perItem(loadedTokens)),
      milliseconds: Math.round(saved * perItem(loadedMs)),
      usd: saved * perItem(loadedUsd),
    },
  };
}
