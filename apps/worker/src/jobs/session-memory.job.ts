import { Injectable } from '@nestjs/common';
import type { HeldLock } from '@app/locks';
import { HeldBytesRepository, MemoryReclaimer } from '@app/sessions';
import { Gauge, Registry } from 'prom-client';
import type { FleetJob } from './fleet-job.js';

/** Gives tenants back the memory of their sessions that have expired. */
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
      help: 'Memory that the sessions of all tenants hold, by the accounts',
      registers: [registry],
    });
  }

  isUrgent(): Promise<boolean> {
    return Promise.resolve(false);
  }

  async run({ signal }: HeldLock): Promise<string> {
    const tenants = await this.heldBytes.tenants();
    let gone = 0;
    for (const tenant of tenants) gone += await this.reclaimer.reclaim(tenant, signal);
    const total = await this.heldBytes.total();
    if (total !== undefined) this.held.set(total);
    return `${gone} sessions of ${tenants.length} tenants were gone`;
  }
}
