import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, RedisClient } from '@app/redis';
import { UpstreamError } from '@app/upstream';

const pace = loadScript('pace-1', new URL('../scripts/pace-1.lua', import.meta.url));

/** So many milliseconds' worth of requests may go out at once after a rest. */
const burstMs = 100;
const longestWaitMs = 5_000;

/**
 * Spaces requests to TMDB over the whole fleet, by a reservation in Redis. Without Redis each process keeps the same
 * rate by itself: then TMDB's own 429s are what holds several processes back.
 */
@Injectable()
export class TmdbPace {
  private readonly intervalMs: number;
  /** When this process's own next request may go out. */
  private nextMs = 0;

  constructor(
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    this.intervalMs = Math.ceil(1000 / config.movies.requestsPerSecond);
    redis.register(pace);
  }

  /** Resolves when a request may go out. @throws UpstreamError where that would take too long */
  async admit(): Promise<void> {
    const waitMs = (await this.reserveForFleet()) ?? this.reserveHere();
    if (waitMs < 0) {
      throw new UpstreamError('TMDB', 'overloaded', 'the rate that it allows is used up', {
        retryAfterMs: longestWaitMs,
      });
    }
    if (waitMs > 0) await delay(waitMs);
  }

  private async reserveForFleet(): Promise<number | undefined> {
    const outcome = await this.redis.run(this.redis.newBudget(), pace, {
      keys: [this.redis.keys.key('upstream', 'tmdb', 'pace')],
      args: [this.intervalMs, burstMs, longestWaitMs],
    });
    return outcome.status === 'ok' ? Number(outcome.value) : undefined;
  }

  private reserveHere(): number {
    const nowMs = performance.now();
    const aheadMs = Math.max(0, this.nextMs - nowMs);
    const waitMs = Math.max(0, aheadMs - burstMs);
    if (waitMs > longestWaitMs) return -1;
    this.nextMs = nowMs + aheadMs + this.intervalMs;
    return waitMs;
  }
}
