import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { HeldBytesRepository } from './held-bytes.repository.js';
import { MemoryReclaimer } from './memory-reclaimer.js';
import { SessionNotFoundError, SessionsFullError } from './sessions.errors.js';
import type { SessionWriter } from './writer/session-writer.js';

/** Tenants with their sessions, some of which are gone. */
class FakeAccounts {
  readonly ledgers = new Map<string, { readonly ids: string[]; readonly gone: string[] }>();
  readonly audited: string[] = [];

  tenants(): Promise<string[]> {
    return Promise.resolve([...this.ledgers.keys()]);
  }

  /** Pages of two. */
  scanLedger(tenant: string, cursor: string): Promise<{ cursor: string; ids: string[] }> {
    const ids = this.ledgers.get(tenant)?.ids ?? [];
    const next = Number(cursor) + 2;
    const page = ids.slice(Number(cursor), next);
    return Promise.resolve({ cursor: next < ids.length ? `${next}` : '0', ids: page });
  }

  audit(tenant: string): Promise<void> {
    this.audited.push(tenant);
    return Promise.resolve();
  }

  reclaim(tenant: string, ids: readonly string[]): Promise<number> {
    return Promise.resolve(ids.filter((id) => this.ledgers.get(tenant)?.gone.includes(id)).length);
  }
}

describe(MemoryReclaimer.name, () => {
  let accounts: FakeAccounts;
  let sut: MemoryReclaimer;

  beforeEach(() => {
    accounts = new FakeAccounts();
    accounts.ledgers.set('acme', { ids: ['a', 'b', 'c', 'd', 'e'], gone: ['b', 'e'] });
    accounts.ledgers.set('globex', { ids: ['f'], gone: [] });
    sut = new MemoryReclaimer(
      accounts as unknown as HeldBytesRepository,
      accounts as unknown as SessionWriter,
    );
  });

  it('reclaims every session of a tenant that is gone, page by page, and corrects the total', async () => {
    expect(await sut.reclaim('acme')).toBe(2);
    expect(accounts.audited).toEqual(['acme']);
  });

  it('stops when aborted', async () => {
    await expect(sut.reclaim('acme', AbortSignal.abort(new Error('lock lost')))).rejects.toThrow('lock lost');
  });

  describe('withRoom', () => {
    /** A change that fails a number of times. */
    const failing = (error: Error, failures: number) => {
      const change = jest.fn<() => Promise<string>>().mockResolvedValue('done');
      for (let number = 0; number < failures; number++) change.mockRejectedValueOnce(error);
      return change;
    };

    it("makes the change again after it has reclaimed the tenant's memory", async () => {
      const change = failing(new SessionsFullError('tenant', 1, 1), 1);
      expect(await sut.withRoom('acme', change)).toBe('done');
      expect(change).toHaveBeenCalledTimes(2);
      expect(accounts.audited).toEqual(['acme']);
    });

    it('reclaims the memory of all tenants when the server is full', async () => {
      expect(await sut.withRoom('globex', failing(new SessionsFullError('server', 1, 1), 1))).toBe('done');
      expect(accounts.audited.toSorted()).toEqual(['acme', 'globex']);
    });

    it('throws when nothing was reclaimed, and when it was reclaimed a moment ago', async () => {
      const full = new SessionsFullError('tenant', 1, 1);
      await expect(sut.withRoom('globex', failing(full, 1))).rejects.toBe(full);
      await expect(sut.withRoom('acme', failing(full, 2))).rejects.toBe(full);
      await expect(sut.withRoom('acme', failing(full, 1))).rejects.toBe(full);
      expect(accounts.audited).toEqual(['globex', 'acme']);
    });

    it('throws any other error at once', async () => {
      const change = failing(new SessionNotFoundError(), 1);
      await expect(sut.withRoom('acme', change)).rejects.toThrow(SessionNotFoundError);
      expect(change).toHaveBeenCalledTimes(1);
      expect(accounts.audited).toEqual([]);
    });
  });
});
