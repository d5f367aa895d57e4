import { Injectable } from '@nestjs/common';
import { HeldBytesRepository } from './held-bytes.repository.js';
import { SessionsFullError } from './sessions.errors.js';
import { SessionWriter } from './writer/session-writer.js';

/** Minimum interval between two reclaims of the same tenant by `withRoom`. */
const minReclaimIntervalMs = 5_000;
/** Maximum number of tenants whose latest reclaim is remembered. */
const maxRememberedTenants = 1_000;

/** Removes sessions from the memory accounts that have expired, were evicted, or were deleted by another program. */
@Injectable()
export class MemoryReclaimer {
  private readonly reclaimedMs = new Map<string, number>();

  constructor(
    private readonly heldBytes: HeldBytesRepository,
    private readonly writer: SessionWriter,
  ) {}

  /** Makes a change. If a memory limit prevents it, reclaims memory and makes the change again. */
  async withRoom<T>(tenant: string, change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } catch (error) {
      if (!(error instanceof SessionsFullError)) throw error;
      const tenants = error.scope === 'tenant' ? [tenant] : await this.heldBytes.tenants();
      const reclaimed = await Promise.all(tenants.map((each) => this.reclaimIfDue(each)));
      if (!reclaimed.some((sessions) => sessions > 0)) throw error;
      return change();
    }
  }

  /** Reclaims the memory of a tenant's sessions that no longer exist, and corrects the total. Returns their number. */
  async reclaim(tenant: string, signal?: AbortSignal): Promise<number> {
    let [gone, cursor] = [0, '0'];
    do {
      signal?.throwIfAborted();
      const scanned = await this.heldBytes.scanLedger(tenant, cursor);
      if (!scanned) return gone;
      cursor = scanned.cursor;
      if (scanned.ids.length > 0) gone += await this.writer.reclaim(tenant, scanned.ids);
    } while (cursor !== '0');
    await this.heldBytes.audit(tenant);
    return gone;
  }

  private async reclaimIfDue(tenant: string): Promise<number> {
    const nowMs = performance.now();
    if (nowMs - (this.reclaimedMs.get(tenant) ?? -Infinity) < minReclaimIntervalMs) return 0;
    if (this.reclaimedMs.size >= maxRememberedTenants) this.reclaimedMs.clear();
    this.reclaimedMs.set(tenant, nowMs);
    return this.reclaim(tenant);
  }
}
