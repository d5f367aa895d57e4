import { Injectable, Logger } from '@nestjs/common';
import { InjectRedis, loadScript, ok, type Outcome, RedisBudget, RedisClient } from '@app/redis';
import { pick } from './fragments.js';
import { SessionKeys } from './session-keys.js';

const measure = loadScript('measure-3', new URL('./scripts/measure-3.lua', import.meta.url), pick('memory'));
const charge = loadScript('charge-2', new URL('./scripts/charge-2.lua', import.meta.url), pick('memory'));
const audit = loadScript('audit-2', new URL('./scripts/audit-2.lua', import.meta.url));

const sessionsPerScan = 100;
const maxAuditedSessions = 20_000;
/** No request waits for these calls. */
const backgroundBudgetMs = 1_000;

/**
 * Accounts for the memory of sessions: `{env}:tenants:held`, a hash with the total of each tenant, and
 * `{env}:tenants:held:{tenant}`, the tenant's ledger, a hash with the bytes of each session. `SessionWriter` updates them with
 * each change of a session.
 */
@Injectable()
export class HeldBytesRepository {
  private readonly logger = new Logger('Sessions');
  private readonly keys: SessionKeys;

  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    for (const script of [measure, charge, audit]) redis.register(script);
    this.keys = new SessionKeys(redis.keys);
  }

  /** Returns the bytes that a tenant holds, and those that all tenants hold. */
  async held(budget: RedisBudget, tenant: string): Promise<Outcome<{ ofTenant: number; ofAll: number }>> {
    const fields = [this.keys.fieldOf(tenant), ':total'];
    const outcome = await this.redis.command(budget, 'HMGET', this.keys.totals, ...fields);
    if (outcome.status !== 'ok') return outcome;
    const [ofTenant, ofAll] = (outcome.value as (Buffer | null)[]).map((bytes) => Number(bytes ?? 0));
    return ok({ ofTenant: ofTenant ?? 0, ofAll: ofAll ?? 0 });
  }

  /** Returns the bytes that all tenants hold; undefined if Redis does not reply. */
  async total(): Promise<number | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'HGET', this.keys.totals, ':total');
    return outcome.status === 'ok' ? Number(outcome.value ?? 0) : undefined;
  }

  /** Returns the tenants that hold any bytes; none if Redis does not reply. */
  async tenants(): Promise<string[]> {
    const outcome = await this.redis.command(this.backgroundBudget(), 'HKEYS', this.keys.totals);
    if (outcome.status !== 'ok') return [];
    return (outcome.value as Buffer[])
      .map(String)
      .filter((field) => !field.startsWith(':'))
      .map((field) => decodeURIComponent(field));
  }

  /** Returns some session ids of a tenant's ledger, and the next cursor (`0` at the end); undefined if Redis does not reply. */
  async scanLedger(tenant: string, cursor: string): Promise<{ cursor: string; ids: string[] } | undefined> {
    const args = [cursor, 'COUNT', sessionsPerScan];
    const ledger = this.keys.ledger(tenant);
    const outcome = await this.redis.command(this.backgroundBudget(), 'HSCAN', ledger, ...args);
    if (outcome.status !== 'ok') return undefined;
    const [next, pairs] = outcome.value as [Buffer, Buffer[]];
    return { cursor: String(next), ids: pairs.filter((_, index) => index % 2 === 0).map(String) };
  }

  /** Measures sessions and enters their sizes in the tenant's ledger. Returns how many of them no longer exist. */
  async recount(tenant: string, ids: readonly string[]): Promise<number> {
    const calls = ids.map((id) => ({ keys: this.keys.text(id), args: [] }));
    const measured = await this.redis.runMany(this.backgroundBudget(), measure, calls);
    if (measured.status !== 'ok') return 0;
    const known = measured.value.flatMap((outcome, index) =>
      outcome.status === 'ok' ? [[ids[index] as string, Number(outcome.value)] as const] : [],
    );
    await this.redis.run(this.backgroundBudget(), charge, {
      keys: this.keys.accounts(tenant),
      args: [this.keys.fieldOf(tenant), ...known.flat()],
    });
    return known.filter(([, bytes]) => bytes === 0).length;
  }

  /** Recounts a session in the background. */
  recountSoon(tenant: string, id: string): void {
    this.recount(tenant, [id]).catch((error: unknown) =>
      this.logger.debug(`The memory of a session could not be recounted: ${(error as Error).message}`),
    );
  }

  /** Sets a tenant's total to the sum of its ledger, unless the ledger is too long to sum up in one step. */
  async audit(tenant: string): Promise<void> {
    await this.redis.run(this.backgroundBudget(), audit, {
      keys: this.keys.accounts(tenant),
      args: [this.keys.fieldOf(tenant), maxAuditedSessions],
    });
  }

  private backgroundBudget(): RedisBudget {
    return new RedisBudget(backgroundBudgetMs);
  }
}
