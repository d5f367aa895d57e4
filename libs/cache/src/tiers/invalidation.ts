import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { registeredKeyPrefixes } from '../key-prefixes.js';
import { Followers } from '../load/followers.js';
import { CacheRepository } from './cache.repository.js';
import { LocalTiers } from './local-tiers.js';

/** Evicts local copies when their keys change in Redis, whichever process or program changed them. */
@Injectable()
export class CacheInvalidation implements OnApplicationBootstrap {
  private tracked: ReadonlySet<string> = new Set();

  constructor(
    private readonly repository: CacheRepository,
    private readonly local: LocalTiers,
    private readonly followers: Followers,
  ) {}

  /** Tracks the keys of all namespaces. Those of a namespace that is defined later are tracked when it is first used. */
  onApplicationBootstrap(): void {
    this.track();
    this.local.onAdded = (firstPart) => {
      if (!this.tracked.has(firstPart)) this.track();
    };
  }

  private track(): void {
    const prefixes = registeredKeyPrefixes();
    this.tracked = new Set(prefixes);
    this.repository.track(prefixes, {
      onChanged: (keys) => {
        this.local.invalidate(keys);
        this.followers.wake(keys);
      },
      onMissed: () => this.local.clear(),
    });
  }
}
