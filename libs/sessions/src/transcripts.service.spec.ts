import { beforeEach, describe, expect, it } from '@jest/globals';
import { RedisBudget } from '@app/redis';
import type { MemoryReclaimer } from './memory-reclaimer.js';
import { MAX_CHUNKS, MAX_TRANSCRIPT_BYTES } from './session.js';
import type { SessionIndexRepository } from './session-index.repository.js';
import {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionLimitError,
  SessionNotFoundError,
} from './sessions.errors.js';
import type { SessionsRepository, TranscriptPage } from './sessions.repository.js';
import { TranscriptsService } from './transcripts.service.js';
import type { AppendResult, CompleteResult, SessionWriter } from './writer/session-writer.js';

const tenantId = 'acme';
const id = 's-1';
const budget = new RedisBudget(1_000);

describe(TranscriptsService.name, () => {
  let transcript: TranscriptPage | undefined;
  let appendResult: AppendResult;
  let completeResult: CompleteResult;
  let pages: { readonly first: number; readonly last: number }[];
  let touched: { readonly id: string }[];
  /** Changes that were given room. */
  let changes: number;
  let sut: TranscriptsService;

  beforeEach(() => {
    transcript = { total: 2, chunks: ['a', 'b'] };
    pages = [];
    touched = [];
    changes = 0;
    const repository = {
      page: (_: RedisBudget, __: string, ___: string, first: number, last: number) => {
        pages.push({ first, last });
        return Promise.resolve(transcript);
      },
    };
    const writer = {
      append: () => Promise.resolve(appendResult),
      complete: () => Promise.resolve(completeResult),
    };
    const index = { touchSoon: (_: string, session: string) => void touched.push({ id: session }) };
    const memory = {
      withRoom: <T>(_: string, change: () => Promise<T>) => {
        changes++;
        return change();
      },
    };
    sut = new TranscriptsService(
      repository as unknown as SessionsRepository,
      writer as unknown as SessionWriter,
      index as unknown as SessionIndexRepository,
      memory as unknown as MemoryReclaimer,
    );
  });

  describe('append', () => {
    const append = () => sut.append(budget, tenantId, id, { chunks: ['a'], idempotencyKey: undefined });

    it.each([
      ['appended', false],
      ['replayed', true],
    ] as const)('returns the total number of chunks when they are %s', async (state, replayed) => {
      appendResult = { state, total: 3 };
      expect(await append()).toEqual({ total: 3, replayed });
      expect(touched).toEqual([{ id }]);
      expect(changes).toBe(1);
    });

    it.each([
      ['missing', SessionNotFoundError, ''],
      ['completed', SessionCompletedError, ''],
      ['conflict', IdempotencyConflictError, ''],
      ['too-many', SessionLimitError, `at most ${MAX_CHUNKS} chunks, and this one has 9`],
      ['too-large', SessionLimitError, `at most ${MAX_TRANSCRIPT_BYTES} bytes, and this one has 9`],
    ] as const)('throws the error for the reply "%s"', async (state, error, message) => {
      appendResult = { state, total: 9 };
      const failure = await append().catch((thrown: unknown) => thrown as Error);
      expect(failure).toBeInstanceOf(error);
      expect((failure as Error).message).toContain(message);
      expect(touched).toEqual([]);
    });
  });

  describe('page and text', () => {
    it('reads a page by offset and limit', async () => {
      expect(await sut.page(budget, tenantId, id, 20, 10)).toEqual({ total: 2, chunks: ['a', 'b'] });
      expect(pages).toEqual([{ first: 20, last: 29 }]);
    });

    it('joins the whole transcript with single spaces', async () => {
      expect(await sut.text(budget, tenantId, id)).toBe('a b');
      expect(pages).toEqual([{ first: 0, last: -1 }]);
      expect(touched).toEqual([{ id }]);
    });

    it('throws SessionNotFoundError for a session that the tenant does not have', async () => {
      transcript = undefined;
      await expect(sut.text(budget, tenantId, id)).rejects.toThrow(SessionNotFoundError);
    });
  });

  describe('complete', () => {
    it.each(['completed', 'already'] as const)('returns the first result when it is %s', async (state) => {
      completeResult = { state, total: 3, completedAt: 'then' };
      expect(await sut.complete(budget, tenantId, id, false)).toEqual({ total: 3, completedAt: 'then' });
      expect(touched).toEqual([{ id }]);
    });

    it('throws SessionNotFoundError for a session that the tenant does not have', async () => {
      completeResult = { state: 'missing', total: 0, completedAt: '' };
      await expect(sut.complete(budget, tenantId, id, false)).rejects.toThrow(SessionNotFoundError);
    });
  });
});
