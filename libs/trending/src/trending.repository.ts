import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type Outcome, RedisBudget, RedisClient, shared } from '@app/redis';

const begin = loadScript('begin-3', new URL('./scripts/begin-3.lua', import.meta.url));
const stage = loadScript('stage-3', new URL('./scripts/stage-3.lua', import.meta.url));
const swap = loadScript('swap-9', new URL('./scripts/swap-9.lua', import.meta.url));
const discard = loadScript('discard-3', new URL('./scripts/discard-3.lua', import.meta.url));
const rollback = loadScript('rollback-9', new URL('./scripts/rollback-9.lua', import.meta.url));
const look = loadScript('look-3', new URL('./scripts/look-3.lua', import.meta.url));
const read = loadScript('read-3', new URL('./scripts/read-3.lua', import.meta.url));

/** A large set takes longer to read or write than a request may wait for Redis. */
const bulkBudgetFactor = 10;

/** Which generation is current, at a glance. */
export interface TrendingGlance {
  /** Null where another program wrote the set. */
  readonly generation: string | null;
  readonly count: number;
  readonly sample: readonly number[];
  /** There is no set, and not because an empty one was published. */
  readonly isGone: boolean;
  /** Redis has something to restore it from. */
  readonly isRecoverable: boolean;
}

export interface SwapOptions {
  readonly source: string;
  /** Share of the current number of ids that there must be at least. */
  readonly minShare: number;
  /** Set only to put a lost generation back: with the time at which it was made, and only where there is no current set. */
  readonly restores?: { readonly updatedAtMs: number | null };
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
  | { readonly state: 'swapped'; readonly generation: string; readonly updatedAtMs: number }
  | { readonly state: 'present' }
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

  newBudget(): RedisBudget {
    return this.redis.newBudget();
  }

  /** A budget for reading a set whole, or for a step of writing one. */
  bulkBudget(): RedisBudget {
    return new RedisBudget(bulkBudgetFactor * this.redis.newBudget().totalMs);
  }

  async look(budget: RedisBudget): Promise<Outcome<TrendingGlance>> {
    const [set, , meta] = this.current;
    const keys = [set, meta, this.previous[0]];
    const outcome = await this.redis.run(budget, look, { keys, args: [] });
    if (outcome.status !== 'ok') return outcome;
    const [generation, count, sample, expected, previous] = outcome.value as [
      Buffer | null,
      number,
      Buffer[],
      Buffer | null,
      number,
    ];
    const isGone = count === 0 && text(expected) !== '0';
    return {
      status: 'ok',
      value: {
        generation: text(generation),
        count,
        sample: sample.map(Number),
        isGone,
        isRecoverable: isGone && (expected !== null || previous === 1),
      },
    };
  }

  /** Reads the current generation; a miss where there is no set. */
  read(budget: RedisBudget): Promise<Outcome<TrendingGeneration>> {
    return this.readGeneration(budget, this.current);
  }

  /** Reads the generation before the current one; a miss where there is none. */
  readPrevious(): Promise<Outcome<TrendingGeneration>> {
    return this.readGeneration(this.bulkBudget(), this.previous);
  }

  /** Reads what is left of a current generation whose set alone is gone; undefined where that is not whole. */
  async readLeftOver(): Promise<TrendingGeneration | undefined> {
    const budget = this.bulkBudget();
    const [, rankingKey, metaKey] = this.current;
    const meta = await this.redis.command(
      budget,
      'HMGET',
      metaKey,
      'generation',
      'source',
      'updated_at_ms',
      'count',
    );
    const ranking = await this.redis.command(budget, 'GET', rankingKey);
    if (meta.status !== 'ok' || ranking.status !== 'ok' || !ranking.value) return undefined;
    const [generation, source, updatedAtMs, count] = (meta.value as (Buffer | null)[]).map(text);
    const ids = idsOf(ranking.value as Buffer);
    if (!generation || ids.length !== Number(count)) return undefined;
    return { generation, ids, source: source ?? null, updatedAtMs: updatedAtMs ? Number(updatedAtMs) : null };
  }

  private async readGeneration(
    budget: RedisBudget,
    keys: readonly [string, string, string],
  ): Promise<Outcome<TrendingGeneration>> {
    const outcome = await this.redis.run(budget, read, { keys, args: [] });
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
    const ids = ranking?.length === 0 ? [] : ranking ? idsOf(ranking) : sorted(members ?? []);
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

  /** Makes the staging area current, where it holds `count` ids and the options allow it. */
  async swap(
    fence: number,
    count: number,
    { source, minShare, restores }: SwapOptions,
  ): Promise<Outcome<SwapResult>> {
    const outcome = await this.redis.run(this.bulkBudget(), swap, {
      keys: [...this.next, ...this.current, ...this.previous],
      args: [fence, count, source, minShare, restores ? 1 : 0, restores?.updatedAtMs ?? ''],
    });
    if (outcome.status !== 'ok') return outcome;
    const [state, detail, timeMs] = outcome.value as [Buffer, Buffer | number, Buffer | undefined];
    return { status: 'ok', value: toSwapResult(state.toString(), detail, Number(timeMs)) };
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
    const outcome = await this.redis.run(this.bulkBudget(), script, call);
    return outcome.status === 'ok' ? { status: 'ok', value: outcome.value === 1 } : outcome;
  }
}

function toSwapResult(state: string, detail: Buffer | number, updatedAtMs: number): SwapResult {
  switch (state) {
    case 'swapped':
      return { state, generation: detail.toString(), updatedAtMs };
    case 'present':
      return { state };
    case 'incomplete':
      return { state, staged: Number(detail) };
    case 'shrunken':
      return { state, current: Number(detail) };
    default:
      return { state: 'not-ours' };
  }
}

const text = (bytes: Buffer | null): string | null => (bytes ? bytes.toString() : null);

const [comma, zero] = [0x2c, 0x30];

/** Reads a ranking byte by byte: half a million ids in some milliseconds, where splitting its text takes a hundred. */
function idsOf(ranking: Buffer): number[] {
  const ids: number[] = [];
  let id = 0;
  for (const byte of ranking) {
    if (byte === comma) {
      ids.push(id);
      id = 0;
    } else id = id * 10 + (byte - zero);
  }
  if (ranking.length > 0) ids.push(id);
  return ids;
}

/** Another program's set has no order: by number, and what is none is left out. */
function sorted(members: readonly Buffer[]): number[] {
  return members
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0)
    .toSorted((a, b) => a - b);
}
