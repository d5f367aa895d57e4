import { beforeEach, describe, expect, it } from '@jest/globals';
import { type Outcome, RedisBudget } from '@app/redis';
import { LastKnownTrending } from './last-known-trending.js';
import { TrendingNotReplacedError, TrendingUnavailableError } from './trending.errors.js';
import type { TrendingGeneration, TrendingRepository, TrendingSummary } from './trending.repository.js';
import type { TrendingRestorer } from './trending-restorer.service.js';
import { TrendingService } from './trending.service.js';

const unavailable: Outcome<never> = {
  status: 'unavailable',
  fault: { kind: 'connection', code: 'ECONNREFUSED' },
  mayHaveRun: false,
};
const generation = (name: string | null, ids: readonly number[]): TrendingGeneration => ({
  generation: name,
  ids,
  source: name && 'tmdb day',
  updatedAtMs: name ? 1_000 : null,
});

/** Holds one generation, as Redis does; undefined while Redis is unavailable, null if the set is missing. */
class FakeRepository {
  stored: TrendingGeneration | null | undefined = null;
  hasPrevious = true;
  reads = 0;
  /** Delays reads until it resolves. */
  gate: Promise<void> = Promise.resolve();

  summarize(): Promise<Outcome<TrendingSummary>> {
    if (this.stored === undefined) return Promise.resolve(unavailable);
    const { generation: name = null, ids = [] } = this.stored ?? {};
    return Promise.resolve({
      status: 'ok',
      value: {
        generation: name,
        count: ids.length,
        sample: ids.slice(0, 3),
        isMissing: this.stored === null,
        isRecoverable: false,
      },
    });
  }

  async read(): Promise<Outcome<TrendingGeneration>> {
    this.reads++;
    await this.gate;
    if (this.stored === undefined) return unavailable;
    return this.stored ? { status: 'ok', value: this.stored } : { status: 'miss' };
  }

  rollback(): Promise<Outcome<boolean>> {
    return Promise.resolve(
      this.stored === undefined ? unavailable : { status: 'ok', value: this.hasPrevious },
    );
  }

  bulkBudget(): RedisBudget {
    return new RedisBudget(1_000);
  }
}

class FakeSource {
  readonly name = 'tmdb day';
  calls = 0;
  ids: readonly number[] | Error = [1, 2, 3];

  ranked(): Promise<readonly number[]> {
    this.calls++;
    return this.ids instanceof Error ? Promise.reject(this.ids) : Promise.resolve(this.ids);
  }
}

let repository: FakeRepository;
let source: FakeSource;
let lastKnown: LastKnownTrending;
let restorations: TrendingSummary[];
let service: TrendingService;

const get = () => service.get(new RedisBudget(20));

beforeEach(() => {
  repository = new FakeRepository();
  source = new FakeSource();
  lastKnown = new LastKnownTrending();
  restorations = [];
  service = new TrendingService(
    repository as unknown as TrendingRepository,
    { restoreSoon: (summary: TrendingSummary) => void restorations.push(summary) } as TrendingRestorer,
    lastKnown,
    source,
  );
});

describe('with Redis', () => {
  it('returns the current set, its ranks and its metadata', async () => {
    repository.stored = generation('g1', [30, 10, 20]);
    const trending = await get();
    expect(trending).toMatchObject({
      ids: [30, 10, 20],
      source: 'tmdb day',
      updatedAtMs: 1_000,
      isStale: false,
    });
    expect([30, 10, 20, 11].map((id) => trending.rankOf(id))).toEqual([1, 2, 3, undefined]);
  });

  it('reads a generation once', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    await Promise.all([get(), get(), get()]);
    await get();
    expect(repository.reads).toBe(1);
  });

  it('reads the set again when the generation changes', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    await get();
    repository.stored = generation('g2', [4, 5, 6]);
    expect(await get()).toMatchObject({ ids: [4, 5, 6], isStale: false });
    expect(repository.reads).toBe(2);
  });

  it('notices that another program replaced a set that has no generation', async () => {
    repository.stored = generation(null, [1, 2, 3]);
    await get();
    repository.stored = generation(null, [1, 2, 4]);
    expect(await get()).toMatchObject({ ids: [1, 2, 4], source: null, updatedAtMs: null, isStale: false });
  });

  it('takes a generation that this process already knows from memory', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    lastKnown.remember(repository.stored);
    expect(await get()).toMatchObject({ ids: [1, 2, 3], isStale: false });
    expect(repository.reads).toBe(0);
  });

  it('returns an adopted generation without reading it', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    await service.adopt(repository.stored);
    expect(await get()).toMatchObject({ ids: [1, 2, 3], isStale: false });
    expect(repository.reads).toBe(0);
  });

  it('remembers what it has read, for restorations', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    await get();
    expect(lastKnown.value).toEqual(repository.stored);
  });

  it('returns the previous snapshot as stale while a new generation takes longer to load than the budget', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    await get();
    let open = (): void => undefined;
    repository.gate = new Promise((resolve) => (open = resolve));
    repository.stored = generation('g2', [4, 5, 6]);
    expect(await get()).toMatchObject({ ids: [1, 2, 3], isStale: true });
    open();
    await repository.gate;
    expect(await service.get(new RedisBudget(1_000))).toMatchObject({ ids: [4, 5, 6], isStale: false });
    expect(repository.reads).toBe(2);
  });

  it('requests a restoration of a missing set, and returns the last snapshot as stale', async () => {
    repository.stored = generation('g1', [1, 2, 3]);
    await get();
    repository.stored = null;
    expect(await get()).toMatchObject({ ids: [1, 2, 3], isStale: true });
    expect(restorations).toHaveLength(1);
    expect(source.calls).toBe(0);
  });

  it('returns a set that was published empty without a restoration', async () => {
    repository.stored = generation('g1', []);
    expect(await get()).toMatchObject({ ids: [], isStale: false });
    expect(restorations).toHaveLength(0);
    expect(source.calls).toBe(0);
  });
});

describe('without Redis', () => {
  beforeEach(() => (repository.stored = undefined));

  it('returns the last snapshot as stale', async () => {
    await service.adopt(generation('g1', [1, 2, 3]));
    expect(await get()).toMatchObject({ ids: [1, 2, 3], updatedAtMs: 1_000, isStale: true });
    expect(source.calls).toBe(0);
  });

  it('calls the source once if no snapshot exists', async () => {
    const results = await Promise.all([get(), get(), get()]);
    await get();
    for (const result of results)
      expect(result).toMatchObject({ ids: [1, 2, 3], source: 'tmdb day', isStale: true });
    expect(source.calls).toBe(1);
  });

  it.each([
    ['fails', new Error('down')],
    ['returns no ids', []],
  ])('throws when the source %s, and does not call it again at once', async (_, ids) => {
    source.ids = ids;
    await expect(get()).rejects.toThrow(TrendingUnavailableError);
    source.ids = [1, 2, 3];
    await expect(get()).rejects.toThrow(TrendingUnavailableError);
    expect(source.calls).toBe(1);
  });

  it('keeps a generation that is adopted while the source is loading', async () => {
    const loading = get();
    await service.adopt(generation('g1', [7, 8, 9]));
    await loading;
    expect(await get()).toMatchObject({ ids: [7, 8, 9], isStale: true });
  });
});

describe('rollback', () => {
  it.each([true, false])('returns %s as the repository does', async (hasPrevious) => {
    repository.stored = generation('g2', [1]);
    repository.hasPrevious = hasPrevious;
    expect(await service.rollback(new RedisBudget(20))).toBe(hasPrevious);
  });

  it('throws when Redis does not confirm it', async () => {
    repository.stored = undefined;
    await expect(service.rollback(new RedisBudget(20))).rejects.toThrow(TrendingNotReplacedError);
  });
});
