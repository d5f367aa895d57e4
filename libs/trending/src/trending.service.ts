import { Inject, Injectable, Logger } from '@nestjs/common';
import { type RedisBudget, refusalOf } from '@app/redis';
import { TrendingNotReplacedError, TrendingUnavailableError } from './trending.errors.js';
import { TrendingRepository, type TrendingGeneration, type TrendingGlance } from './trending.repository.js';
import { TRENDING_SOURCE, type TrendingSource } from './trending-source.js';

/** After a failure the source is not asked again for so long. */
const sourcePauseMs = 5_000;

/** What trends, as of one moment. */
export interface Trending {
  /** Most trending first; of another program's set, by number. */
  readonly ids: readonly number[];
  /** Position of an id, from 1; undefined where it does not trend. */
  rankOf(id: number): number | undefined;
  readonly source: string | null;
  /** Null where another program wrote the set. */
  readonly updatedAtMs: number | null;
  /** True where Redis could not confirm that this is still current. */
  readonly isStale: boolean;
}

interface Snapshot extends TrendingGeneration {
  readonly ranks: ReadonlyMap<number, number>;
}

/**
 * Answers from a snapshot in this process, of which Redis is asked at each request, in one small round trip, whether it
 * is still current. Without Redis the last known one is served; before the first, the source is asked directly.
 */
@Injectable()
export class TrendingService {
  private readonly logger = new Logger('Trending');
  private snapshot: Snapshot | undefined;
  private loading: Promise<Snapshot | undefined> | undefined;
  private asking: Promise<Snapshot> | undefined;
  private pausedUntilMs = 0;

  constructor(
    private readonly repository: TrendingRepository,
    @Inject(TRENDING_SOURCE) private readonly source: TrendingSource,
  ) {}

  /** @throws TrendingUnavailableError when no set is known and none can be had */
  async get(budget: RedisBudget): Promise<Trending> {
    const glance = await this.repository.look(budget);
    if (glance.status === 'ok' && (glance.value.count > 0 || glance.value.generation)) {
      if (this.snapshot && isSame(this.snapshot, glance.value)) return toTrending(this.snapshot, false);
      const loaded = await this.load(budget);
      if (loaded) return toTrending(loaded, false);
    }
    return toTrending(this.snapshot ?? (await this.askSource()), true);
  }

  /** Exchanges the current and the previous set. False where there is no previous one. @throws TrendingNotReplacedError */
  async rollback(budget: RedisBudget): Promise<boolean> {
    const outcome = await this.repository.rollback(budget);
    if (outcome.status !== 'ok')
      throw refusalOf(outcome, 'trending:*') ?? new TrendingNotReplacedError('Redis did not confirm it');
    return outcome.value;
  }

  /** One read for all that miss a new generation. */
  private load(budget: RedisBudget): Promise<Snapshot | undefined> {
    this.loading ??= this.read(budget).finally(() => (this.loading = undefined));
    return this.loading;
  }

  private async read(budget: RedisBudget): Promise<Snapshot | undefined> {
    const outcome = await this.repository.read(budget);
    if (outcome.status !== 'ok') return undefined;
    this.snapshot = toSnapshot(outcome.value);
    return this.snapshot;
  }

  /** Nobody has published yet, and Redis may be away. */
  private async askSource(): Promise<Snapshot> {
    if (performance.now() < this.pausedUntilMs) throw new TrendingUnavailableError();
    this.asking ??= this.readSource().finally(() => (this.asking = undefined));
    return this.asking;
  }

  private async readSource(): Promise<Snapshot> {
    try {
      const ids = await this.source.ranked();
      if (ids.length === 0) throw new Error(`the source "${this.source.name}" has nothing`);
      const { name } = this.source;
      this.snapshot ??= toSnapshot({ generation: null, ids, source: name, updatedAtMs: Date.now() });
      return this.snapshot;
    } catch (cause) {
      this.pausedUntilMs = performance.now() + sourcePauseMs;
      this.logger.warn(`No set is known and the source failed: ${(cause as Error).message}`);
      throw new TrendingUnavailableError({ cause });
    }
  }
}

/** Another program's set has no generation: its number and a few of its ids must do. */
function isSame(snapshot: Snapshot, { generation, count, sample }: TrendingGlance): boolean {
  return (
    snapshot.generation === generation &&
    snapshot.ids.length === count &&
    sample.every((id) => snapshot.ranks.has(id))
  );
}

function toSnapshot(generation: TrendingGeneration): Snapshot {
  return { ...generation, ranks: new Map(generation.ids.map((id, index) => [id, index + 1])) };
}

function toTrending({ ids, ranks, source, updatedAtMs }: Snapshot, isStale: boolean): Trending {
  return { ids, source, updatedAtMs, isStale, rankOf: (id) => ranks.get(id) };
}
