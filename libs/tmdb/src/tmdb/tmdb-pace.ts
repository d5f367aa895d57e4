import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, RedisClient } from '@app/redis';
import { UpstreamError, type UpstreamPace } from '@app/upstream';

const pace = loadScript('pace-1', new URL('../scripts/pace-1.lua', import.meta.url));
const hold = loadScript('hold-1', new URL('../scripts/hold-1.lua', import.meta.url));

/** The burst that is allowed after an idle period. */
const burstMs = 100;
const maxWaitMs = 5_000;

type Reservation = { readonly state: 'wait' | 'late' | 'hold'; readonly ms: number };

/**
 * Limits the request rate to TMDB across the whole fleet, with reservations in Redis, and applies TMDB's `Retry-After` to all
 * processes. Without Redis, each process limits its own rate, and TMDB's 429 responses limit the fleet.
 */
@Injectable()
export class TmdbPace implements UpstreamPace {
  private readonly intervalMs: number;
  private readonly key: string;
  /** When this process may send its next request, if Redis is unavailable. */
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

  /** Resolves when a request may be sent. @throws UpstreamError if that would take too long */
  async admit(): Promise<void> {
    const { state, ms } = (await this.reserveInFleet()) ?? this.reserveInProcess();
    switch (state) {
      case 'wait':
        if (ms > 0) await delay(ms);
        return;
      case 'late':
        throw new UpstreamError('TMDB', 'overloaded', 'the request rate is exhausted', {
          retryAfterMs: maxWaitMs,
        });
      case 'hold':
        throw new UpstreamError('TMDB', 'busy', `requested a pause that ends in ${Math.ceil(ms / 1000)} s`, {
          retryAfterMs: ms,
        });
    }
  }

  /** Pauses the requests of all processes. Without Redis, only the upstream client of this process pauses. */
  async hold(forMs: number): Promise<void> {
    await this.redis.run(this.redis.newBudget(), hold, {
      keys: [this.key],
      args: [Math.max(1, Math.ceil(forMs))],
    });
  }

  private async reserveInFleet(): Promise<Reservation | undefined> {
    const outcome = await this.redis.run(this.redis.newBudget(), pace, {
      keys: [this.key],
      args: [this.intervalMs, burstMs, maxWaitMs],
    });
    if (outcome.status !== 'ok') return undefined;
    const [state, ms] = outcome.value as [Buffer, number];
    return { state: state.toString() as Reservation['state'], ms };
  }

  private reserveInProcess(): Reservation {
    const nowMs = performance.now();
    const aheadMs = Math.max(0, this.nextMs - nowMs);
    const ms = Math.max(0, aheadMs - burstMs);
    if (ms > maxWaitMs) return { state: 'late', ms };
    this.nextMs = nowMs + aheadMs + this.intervalMs;
    return { state: 'wait', ms };
  }
}
