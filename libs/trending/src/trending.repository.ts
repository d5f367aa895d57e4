import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type Outcome, type RedisBudget, RedisClient, shared } from '@app/redis';

const begin = loadScript('begin-3', new URL('./scripts/begin-3.lua', import.meta.url));
const stage = loadScript('stage-3', new URL('./scripts/stage-3.lua', import.meta.url));
const swap = loadScript('swap-9', new URL('./scripts/swap-9.lua', import.meta.url));
const discard = loadScript('discard-3', new URL('./scripts/discard-3.lua', import.meta.url));
const rollback = loadScript('rollback-9', new URL('./scripts/rollback-9.lua', import.meta.url));
const look = loadScript('look-2', new URL('./scripts/look-2.lua', import.meta.url));
const read = loadScript('read-3', new URL('./scripts/read-3.lua', import.meta.url));

/** Which generation is current, at a glance. */
export interface TrendingGlance {
  /** Null where another program wrote the set. */
  readonly generation: string | null;
  readonly count: number;
  readonly sample: readonly number[];
}

/** A whole generation. */
export interface TrendingGeneration {
  /** Null where another program wrote the set: then there is no ranking, source or time. */
  readonly generation: string | null;
  readonly ids: readonly number[];
  readonly source: string | null;
  readonly updatedAtMs: number | null;
}

export type SwapResult =
  | { readonly state: 'swapped'; readonly generation: string }
  | { readonly state: 'not-ours' }
  | { readonly state: 'incomplete'; readonly staged: number }
  | { readonly state: 'shrunken'; readonly current: number };

/**
 * `{env}:trending:current`, a set without a TTL, replaced by renaming `next`; `previous` is the one before. Each has its
 * ranking, ids with commas between them, and its meta, a hash, beside it, and all three move together.
 */
@Injectable()
export class TrendingRepository {
  private readonly current: readonly [string, string, string];
  private readonly next: readonly [string, string, string];
  private readonly previous: readonly [string, string, string];
  private readonly spare: readonly [string, string, string];

  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {
    for (const script of [begin, stage, swap, discard, rollback, look, read]) redis.register(script);
    const generation = (name: string) =>
      [
        redis.keys.key(shared('trending'), name),
        redis.keys.key(shared('trending'), name, 'ranking'),
        redis.keys.key(shared('trending'), name, 'meta'),
      ] as const;
    this.current = generation('current');
    this.next = generation('next');
    this.previous = generation('previous');
    this.spare = generation('spare');
  }

  async look(budget: RedisBudget): Promise<Outcome<TrendingGlance>> {
    const [set, , meta] = this.current;
    const outcome = await this.redis.run(budget, look, { keys: [set, meta], args: [] });
    if (outcome.status !== 'ok') return outcome;
    const [generation, count, sample] = outcome.value as [Buffer | null, number, Buffer[]];
    return { status: 'ok', value: { generation: text(generation), count, sample: sample.map(Number) } };
  }

  /** A miss where there is no set. */
  async read(budget: RedisBudget): Promise<Outcome<TrendingGeneration>> {
    const outcome = await this.redis.run(budget, read, { keys: this.current, args: [] });
    if (outcome.status !== 'ok') return outcome;
    const [generation, source, updatedAtMs, count, ranking, members] = outcome.value as [
      Buffer | null,
      Buffer | null,
      Buffer | null,
      number,
      Buffer | null,
      Buffer[] | undefined,
    ];
    if (count === 0 && !ranking) return { status: 'miss' };
    const ids =
      ranking?.length === 0
        ? []
        : ranking
          ? ranking.toString().split(',').map(Number)
          : sorted(members ?? []);
    return {
      status: 'ok',
      value: {
        generation: text(generation),
        ids,
        source: text(source),
        updatedAtMs: updatedAtMs && Number(updatedAtMs),
      },
    };
  }

  /** False where a later holder of the lock has begun. */
  begin(fence: number): Promise<Outcome<boolean>> {
    return this.flag(begin, fence);
  }

  /** False where the staging area is not ours any more. */
  stage(fence: number, ids: readonly number[]): Promise<Outcome<boolean>> {
    return this.flag(stage, fence, ids.join(','), ...ids);
  }

  discard(fence: number): Promise<Outcome<boolean>> {
    return this.flag(discard, fence);
  }

  /** @param smallestShare of the current number of ids that there must be at least */
  async swap(
    fence: number,
    count: number,
    source: string,
    smallestShare: number,
  ): Promise<Outcome<SwapResult>> {
    const outcome = await this.redis.run(this.redis.newBudget(), swap, {
      keys: [...this.next, ...this.current, ...this.previous],
      args: [fence, count, source, smallestShare],
    });
    if (outcome.status !== 'ok') return outcome;
    const [state, detail] = outcome.value as [Buffer, Buffer | number];
    return { status: 'ok', value: toSwapResult(state.toString(), detail) };
  }

  /** False where there is no previous generation. */
  async rollback(budget: RedisBudget): Promise<Outcome<boolean>> {
    const keys = [...this.current, ...this.previous, ...this.spare];
    const outcome = await this.redis.run(budget, rollback, { keys, args: [] });
    return outcome.status === 'ok' ? { status: 'ok', value: outcome.value === 1 } : outcome;
  }

  private async flag(
    script: typeof begin,
    fence: number,
    ...args: (string | number)[]
  ): Promise<Outcome<boolean>> {
    const call = { keys: this.next, args: [fence, ...args] };
    const outcome = await this.redis.run(this.redis.newBudget(), script, call);
    return outcome.status === 'ok' ? { status: 'ok', value: outcome.value === 1 } : outcome;
  }
}

function toSwapResult(state: string, detail: Buffer | number): SwapResult {
  switch (state) {
    case 'swapped':
      return { state, generation: detail.toString() };
    case 'incomplete':
      return { state, staged: Number(detail) };
    case 'shrunken':
      return { state, current: Number(detail) };
    default:
      return { state: 'not-ours' };
  }
}

const text = (bytes: Buffer | null): string | null => (bytes ? bytes.toString() : null);

/** Another program's set has no order: by number, and what is none is left out. */
function sorted(members: readonly Buffer[]): number[] {
  return members
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0)
    .toSorted((a, b) => a - b);
}
