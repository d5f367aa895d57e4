import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, RedisClient } from '@app/redis';
import { UpstreamError, type UpstreamPace } from '@app/upstream';

const pace = loadScript('pace-1', new URL('../scripts/pace-1.lua', import.meta.url));
const hold = loadScript('hold-1', new URL('../scripts/hold-1.lua', import.meta.url));

/** Milliseconds' worth of requests that may go out at once after a rest. */
const burstMs = 100;
const maxWaitMs = 5_000;

type Reservation = { readonly state: 'wait' | 'late' | 'hold'; readonly ms: number };

/**
 * Spaces requests to TMDB over the whole fleet, by a reservation in Redis, and keeps the whole fleet to TMDB's
 * `Retry-After`. Without Redis each process keeps the same rate by itself: then TMDB's own 429s hold the fleet back.
 */
@Injectable()
export class TmdbPace implements UpstreamPace {
  private readonly intervalMs: number;
  private readonly key: string;
  /** When this process's own next request may go out. */
  private nextMs = 0;

  constructor(
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    this.intervalMs = Math.ceil(1000 / config.movies.requestsPerSecond);
    this.key = redis.keys.key('upstream', 'tmdb', 'pace');
    redis.register(pace);
    redis.register(hold);
  }

  /** Resolves when a request may go out. @throws UpstreamError where that would take too long */
  async admit(): Promise<void> {
    const { state, ms } = (await this.reserveForFleet()) ?? this.reserveHere();
    switch (state) {
      case 'wait':
        if (ms > 0) await delay(ms);
        return;
      case 'late':
        throw new UpstreamError('TMDB', 'overloaded', 'the rate that it allows is used up', {
          retryAfterMs: maxWaitMs,
        });
      case 'hold':
        throw new UpstreamError('TMDB', 'busy', `asked for a pause of ${Math.ceil(ms / 1000)} s more`, {
          retryAfterMs: ms,
        });
    }
  }

  /** Holds the whole fleet back; without Redis this process alone, which its upstream client does. */
  async hold(forMs: number): Promise<void> {
    await this.redis.run(this.redis.newBudget(), hold, {
      keys: [this.key],
      args: [Math.max(1, Math.ceil(forMs))],
    });
  }

  private async reserveForFleet(): Promise<Reservation | undefined> {
    const outcome = await this.redis.run(this.redis.newBudget(), pace, {
      keys: [this.key],
      args: [this.intervalMs, burstMs, maxWaitMs],
    });
    if (outcome.status !== 'ok') return undefined;
    const [state, ms] = outcome.value as [Buffer, number];
    return { state: state.toString() as Reservation['state'], ms };
  }

  private reserveHere(): Reservation {
    const nowMs = performance.now();
    const aheadMs = Math.max(0, this.nextMs - nowMs);
    const ms = Math.max(0, aheadMs - burstMs);
    if (ms > maxWaitMs) return { state: 'late', ms };
    this.nextMs = nowMs + aheadMs + this.intervalMs;
    return { state: 'wait', ms };
  }
}
