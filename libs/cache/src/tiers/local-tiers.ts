import { Injectable } from '@nestjs/common';
import type { Namespace } from '../namespace.js';
import { type LocalEntry, LocalTier } from './local-tier.js';

export interface LocalTierStats {
  readonly entries: number;
  readonly bytes: number;
}

/** The local tiers of this process, one for each namespace that has one. */
@Injectable()
export class LocalTiers {
  /** Called with the first part of a namespace's keys before the namespace gets its tier. */
  onAdded: (firstPart: string) => void = () => undefined;
  private readonly tiers = new Map<string, LocalTier>();

  /** Returns the namespace's tier; undefined if the namespace has none. */
  of(namespace: Namespace<never, unknown>): LocalTier | undefined {
    if (namespace.localMs === 0) return undefined;
    return this.tiers.get(namespace.name) ?? this.add(namespace);
  }

  /** Returns the copy of a key, whichever namespace it belongs to. */
  find(key: string, nowMs: number): LocalEntry<unknown> | undefined {
    for (const tier of this.tiers.values()) {
      const entry = tier.get(key, nowMs);
      if (entry) return entry;
    }
    return undefined;
  }

  invalidate(keys: readonly string[]): void {
    for (const tier of this.tiers.values()) for (const key of keys) tier.invalidate(key);
  }

  clear(): void {
    for (const tier of this.tiers.values()) tier.clear();
  }

  stats(): Record<string, LocalTierStats> {
    return Object.fromEntries(
      [...this.tiers].map(([name, { count, bytes }]) => [name, { entries: count, bytes }]),
    );
  }

  private add({ name, localBytes, firstPart }: Namespace<never, unknown>): LocalTier {
    this.onAdded(firstPart);
    const tier = new LocalTier(localBytes);
    this.tiers.set(name, tier);
    return tier;
  }
}
