import { Injectable, Logger } from '@nestjs/common';
import { InjectRedis, loadScript, ok, type Outcome, RedisBudget, RedisClient } from '@app/redis';
import { memoryFragment } from './fragments.js';
import { SessionKeys } from './session-keys.js';

const reclaim = loadScript('reclaim-n', new URL('./scripts/reclaim-n.lua', import.meta.url), {
  memory: memoryFragment,
});
const measure = loadScript('measure-3', new URL('./scripts/measure-3.lua', import.meta.url), {
  memory: memoryFragment,
});
const charge = loadScript('charge-2', new URL('./scripts/charge-2.lua', import.meta.url), {
  memory: memoryFragment,
});
const audit = loadScript('audit-2', new URL('./scripts/audit-2.lua', import.meta.url));

const sessionsPerStep = 100;
const maxAuditedSessions = 20_000;
/** Nobody waits for a step. */
const stepBudgetMs = 1_000;
/** A tenant at its bound is looked through at most so often by a process. */
const minReclaimIntervalMs = 5_000;
/** Tenants whose last look is remembered. */
const maxRememberedTenants = 1_000;

/**
 * What the sessions of tenants take: `{env}:tenants:held`, a hash of the sums, and `{env}:tenants:held:{tenant}`, a hash of
 * the bytes by session. Scripts change them with the sessions; in a cluster, where they have a slot of their own, they
 * follow. Sessions that expired give their bytes back here.
 */
@Injectable()
export class HeldBytesRepository {
  private readonly logger = new Logger('Sessions');
  private readonly keys: SessionKeys;
  private readonly reclaimedMs = new Map<string, number>();

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [reclaim, measure, charge, audit]) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Bytes that a tenant holds, and all of them. */
  async held(budget: RedisBudget, tenant: string): Promise<Outcome<{ ofTenant: number; ofAll: number }>> {
    const fields = [this.keys.fieldOf(tenant), ':total'];
    const outcome = await this.redis.command(budget, 'HMGET', this.keys.totals, ...fields);
    if (outcome.status !== 'ok') return outcome;
    const [ofTenant, ofAll] = (outcome.value as (Buffer | null)[]).map((bytes) => Number(bytes ?? 0));
    return ok({ ofTenant: ofTenant ?? 0, ofAll: ofAll ?? 0 });
  }

  /** Bytes that all tenants hold; undefined while Redis is away. */
  async total(): Promise<number | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'HGET', this.keys.totals, ':total');
    return outcome.status === 'ok' ? Number(outcome.value ?? 0) : undefined;
  }

  /** In a cluster: accounts for what a session takes now, without anyone waiting for it. */
  follow(tenant: string, id: string): void {
    if (!this.keys.isClustered) return;
    this.recount(tenant, [id]).catch((error: unknown) =>
      this.logger.debug(`A session was not accounted for: ${(error as Error).message}`),
    );
  }

  /** Tenants that hold anything. */
  async tenants(): Promise<string[]> {
    const outcome = await this.redis.command(new RedisBudget(stepBudgetMs), 'HKEYS', this.keys.totals);
    if (outcome.status !== 'ok') return [];
    return (outcome.value as Buffer[])
      .map(String)
      .filter((field) => !field.startsWith(':'))
      .map((field) => decodeURIComponent(field));
  }

  /** The same as `reclaim`, but at most once in a while: for a tenant that is at its bound. False when it was not done. */
  async reclaimNow(tenant: string): Promise<boolean> {
    const nowMs = performance.now();
    if (nowMs - (this.reclaimedMs.get(tenant) ?? -Infinity) < minReclaimIntervalMs) return false;
    if (this.reclaimedMs.size >= maxRememberedTenants) this.reclaimedMs.clear();
    this.reclaimedMs.set(tenant, nowMs);
    return (await this.reclaim(tenant)) > 0;
  }

  /** Gives back what a tenant's expired and evicted sessions took. Returns how many were gone. */
  async reclaim(tenant: string, signal?: AbortSignal): Promise<number> {
    const ledger = this.keys.ledger(tenant);
    let [gone, cursor] = [0, '0'];
    do {
      signal?.throwIfAborted();
      const scanned = await this.redis.command(
        new RedisBudget(stepBudgetMs),
        'HSCAN',
        ledger,
        cursor,
        'COUNT',
        sessionsPerStep,
      );
      if (scanned.status !== 'ok') return gone;
      const [next, pairs] = scanned.value as [Buffer, Buffer[]];
      cursor = String(next);
      const ids = pairs.filter((_, index) => index % 2 === 0).map(String);
      gone += ids.length > 0 ? await this.reclaimSome(tenant, ids) : 0;
    } while (cursor !== '0');
    await this.redis.run(new RedisBudget(stepBudgetMs), audit, {
      keys: [ledger, this.keys.totals],
      args: [this.keys.fieldOf(tenant), maxAuditedSessions],
    });
    return gone;
  }

  private async reclaimSome(tenant: string, ids: readonly string[]): Promise<number> {
    if (this.keys.isClustered) return this.recount(tenant, ids);
    const outcome = await this.redis.run(new RedisBudget(stepBudgetMs), reclaim, {
      keys: [
        this.keys.ledger(tenant),
        this.keys.totals,
        ...ids.flatMap((id) => [this.keys.metadata(id), this.keys.unarchived(id)]),
      ],
      args: [this.keys.fieldOf(tenant), ...ids],
    });
    return outcome.status === 'ok' ? Number(outcome.value) : 0;
  }

  private async recount(tenant: string, ids: readonly string[]): Promise<number> {
    const calls = ids.map((id) => ({
      keys: [this.keys.metadata(id), this.keys.transcript(id), this.keys.unarchived(id)],
      args: [],
    }));
    const measured = await this.redis.runMany(new RedisBudget(stepBudgetMs), measure, calls);
    if (measured.status !== 'ok') return 0;
    const known = measured.value.flatMap((outcome, index) =>
      outcome.status === 'ok' ? [[ids[index] as string, Number(outcome.value)] as const] : [],
    );
    await this.redis.run(new RedisBudget(stepBudgetMs), charge, {
      keys: [this.keys.ledger(tenant), this.keys.totals],
      args: [this.keys.fieldOf(tenant), ...known.flat()],
    });
    return known.filter(([, bytes]) => bytes === 0).length;
  }
}
