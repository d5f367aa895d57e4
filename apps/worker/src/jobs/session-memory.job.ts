import { Injectable } from '@nestjs/common';
import type { HeldLock } from '@app/locks';
import { HeldBytesRepository, MemoryReclaimer } from '@app/sessions';
import { Gauge, Registry } from 'prom-client';
import type { FleetJob } from './fleet-job.js';

/** Removes expired sessions from the memory accounts of their tenants. */
@Injectable()
export class SessionMemoryJob implements FleetJob {
  readonly name = 'session-memory';
  readonly intervalSeconds = 300;
  private readonly held: Gauge;

  constructor(
    private readonly heldBytes: HeldBytesRepository,
    private readonly reclaimer: MemoryReclaimer,
    registry: Registry,
  ) {
    this.held = new Gauge({
      name: 'marquee_sessions_held_bytes',
      help: 'Memory held by the sessions of all tenants',
      registers: [registry],
    });
  }

  isUrgent(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async run({ signal }: HeldLock): Promise<string> {
    const tenants = await this.heldBytes.tenants();
    let expired = 0;
    for (const tenant of tenants) expired += await this.reclaimer.reclaim(tenant, signal);
    const total = await this.heldBytes.total();
    if (total !== undefined) this.held.set(total);
    return `removed ${expired} expired sessions of ${tenants.length} tenants`;
  }
}
