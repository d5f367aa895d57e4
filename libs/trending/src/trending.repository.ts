import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type Outcome, RedisBudget, RedisClient, shared } from '@app/redis';

const begin = loadScript('begin-3', new URL('./scripts/begin-3.lua', import.meta.url));
const stage = loadScript('stage-3', new URL('./scripts/stage-3.lua', import.meta.url));
const swap = loadScript('swap-9', new URL('./scripts/swap-9.lua', import.meta.url));
const discard = loadScript('discard-3', new URL('./scripts/discard-3.lua', import.meta.url));
const rollback = loadScript('rollback-9', new URL('./scripts/rollback-9.lua', import.meta.url));
const summarize = loadScript('summarize-3', new URL('./scripts/summarize-3.lua', import.meta.url));
const read = loadScript('read-3', new URL('./scripts/read-3.lua', import.meta.url));

/** Large sets take longer to read or write than a request may wait for Redis. */
const bulkBudgetFactor = 10;

/** Identifies the current generation without holding all of its ids. */
export interface TrendingSummary {
  /** Null if another program wrote the set. */
  readonly generation: string | null;
  readonly count: number;
  readonly sample: readonly number[];
  /** True if there is no set although none was published empty. */
  readonly isMissing: boolean;
  /** True if Redis still holds a ranking or a previous generation to restore from. */
  readonly isRecoverable: boolean;
}

export interface SwapOptions {
  readonly source: string;
  /** The minimum size of the new set, as a share of the current one. */
  readonly minShare: number;
  /** Restores a lost generation with its original timestamp, but only if there is no current set. */
  readonly restores?: { readonly updatedAtMs: number | null };
}

/** A published set of trending movies. */
export interface TrendingGeneration {
  /** Null if another program wrote the set; then it has no ranking, source or timestamp either. */
  readonly generation: string | null;
  readonly ids: readonly number[];
  readonly source: string | null;
  readonly updatedAtMs: number | null;
}

export type SwapResult =
  | { readonly state: 'swapped'; readonly generation: string; readonly updatedAtMs: number }
  | { readonly state: 'present' }
  | { readonly state: 'superseded' }
  | { readonly state: 'incomplete'; readonly staged: number }
  | { readonly state: 'shrunken'; readonly current: number };

/**
 * Stores the trending movies in `{env}:trending:current`, a set without a TTL that is replaced by renaming `next`.
 * `previous` holds the set before. Each set has a ranking (a string of comma-separated ids) and a meta hash; all three keys
 * move together.
 */
@Injectable()
export class TrendingRepository {
  private readonly current: readonly [string, string, string];
  private readonly next: readonly [string, string, string];
  private readonly previous: readonly [string, string, string];
  private readonly spare: readonly [string, string, string];

  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {
    for (const script of [begin, stage, swap, discard, rollback, summarize, read]) redis.register(script);
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

  /** Returns a budget for reading a whole set or for one step of writing it. */
  bulkBudget(): RedisBudget {
    return new RedisBudget(bulkBudgetFactor * this.redis.newBudget().totalMs);
  }

  async summarize(budget: RedisBudget): Promise<Outcome<TrendingSummary>> {
    const [set, , meta] = this.current;
    const keys = [set, meta, this.previous[0]];
    const outcome = await this.redis.run(budget, summarize, { keys, args: [] });
    if (outcome.status !== 'ok') return outcome;
    const [generation, count, sample, expected, previous] = outcome.value as [
      Buffer | null,
      number,
      Buffer[],
      Buffer | null,
      number,
    ];
    const isMissing = count === 0 && text(expected) !== '0';
    return {
      status: 'ok',
      value: {
        generation: text(generation),
        count,
        sample: sample.map(Number),
        isMissing,
        isRecoverable: isMissing && (expected !== null || previous === 1),
      },
    };
  }

  /** Reads the current generation. Returns a miss if there is no set. */
  read(budget: RedisBudget): Promise<Outcome<TrendingGeneration>> {
    return this.readGeneration(budget, this.current);
  }

  /** Reads the previous generation. Returns a miss if there is none. */
  readPrevious(): Promise<Outcome<TrendingGeneration>> {
    return this.readGeneration(this.bulkBudget(), this.previous);
  }

  /** Rebuilds a current generation whose set is missing from its ranking and meta. Returns undefined if they are incomplete. */
  async readRanking(): Promise<TrendingGeneration | undefined> {
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

  /** Starts a staging area. Returns false if a later holder of the lock has already started one. */
  begin(fence: number): Promise<Outcome<boolean>> {
    return this.runStagingScript(begin, fence);
  }

  /** Adds ids to the staging area. Returns false if another writer owns it. */
  stage(fence: number, ids: readonly number[]): Promise<Outcome<boolean>> {
    return this.runStagingScript(stage, fence, ids.join(','), ...ids);
  }

  /** Deletes the staging area. Returns false if another writer owns it. */
  discard(fence: number): Promise<Outcome<boolean>> {
    return this.runStagingScript(discard, fence);
  }

  /** Makes the staging area current if it holds `count` ids and the options allow it. */
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

  /** Swaps the current and the previous generation. Returns false if there is no previous one. */
  async rollback(budget: RedisBudget): Promise<Outcome<boolean>> {
    const keys = [...this.current, ...this.previous, ...this.spare];
    const outcome = await this.redis.run(budget, rollback, { keys, args: [] });
    return outcome.status === 'ok' ? { status: 'ok', value: outcome.value === 1 } : outcome;
  }

  private async runStagingScript(
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
      return { state: 'superseded' };
  }
}

const text = (bytes: Buffer | null): string | null => (bytes ? bytes.toString() : null);

const [comma, zero] = [0x2c, 0x30];

/** Parses a ranking byte by byte, which takes milliseconds for half a million ids; splitting its text takes a hundred. */
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

/** Parses the ids of a set that another program wrote: in ascending order, skipping members that are not ids. */
function sorted(members: readonly Buffer[]): number[] {
  return members
    .map(Number)
    .filter((id) => Number.isSafeInteger(id) && id > 0)
    .toSorted((a, b) => a - b);
}
