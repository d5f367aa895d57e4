import { Injectable } from '@nestjs/common';
import type { DeadLetter, DeadLetterBatch, DeadLetterFilter, DeadLetterPage } from './dead-letter.js';
import { DeadLetterNotFoundError, DeadLettersUnavailableError } from './dead-letter.errors.js';
import { DeadLettersRepository } from './dead-letters.repository.js';

/** Maximum number of scans in one request. */
const maxScans = 50;
const idsPerChange = 100;

export interface BatchOptions {
  readonly filter: DeadLetterFilter;
  readonly cursor: string | undefined;
  readonly limit: number;
  readonly dryRun: boolean;
}

/** Lists, replays and deletes dead letters. */
@Injectable()
export class DeadLettersService {
  constructor(private readonly repository: DeadLettersRepository) {}

  /** Returns a page of dead letters, newest first. @throws DeadLettersUnavailableError */
  async list(filter: DeadLetterFilter, cursor: string | undefined, limit: number): Promise<DeadLetterPage> {
    const results: DeadLetter[] = [];
    let next: string | undefined = cursor;
    for (let scans = 0; scans < maxScans && results.length < limit; scans++) {
      const options = { first: 'newest', after: next, filter, limit: limit - results.length } as const;
      const page = await this.repository.scan(options);
      results.push(...page.found);
      next = page.next;
      if (next === undefined) break;
    }
    const total = await this.repository.length();
    if (total === undefined) throw new DeadLettersUnavailableError('Redis did not reply. Try again.');
    return { results, total, nextCursor: next ?? null };
  }

  /**
   * Delivers a dead letter's event again, only to the group that could not handle it.
   *
   * @throws DeadLetterNotFoundError, DeadLettersUnavailableError
   */
  async replay(id: string): Promise<DeadLetter> {
    const letter = await this.repository.get(id);
    if (!letter || (await this.repository.replay(letter.group, [id])) === 0)
      throw new DeadLetterNotFoundError(id);
    return letter;
  }

  /** Deletes a dead letter. @throws DeadLetterNotFoundError, DeadLettersUnavailableError */
  async delete(id: string): Promise<void> {
    if ((await this.repository.delete([id])) === 0) throw new DeadLetterNotFoundError(id);
  }

  /** Replays all dead letters that match, oldest first. @throws DeadLettersUnavailableError */
  replayAll(options: BatchOptions): Promise<DeadLetterBatch> {
    return this.each(options, async (letters) => {
      let moved = 0;
      for (const [group, ids] of idsByGroup(letters)) moved += await this.repository.replay(group, ids);
      return moved;
    });
  }

  /** Deletes all dead letters that match, oldest first. @throws DeadLettersUnavailableError */
  deleteAll(options: BatchOptions): Promise<DeadLetterBatch> {
    return this.each(options, (letters) => this.repository.delete(letters.map(({ id }) => id)));
  }

  /** Skips dead letters that are added meanwhile, so that replays which fail again are not replayed in a loop. */
  private async each(
    { filter, cursor, limit, dryRun }: BatchOptions,
    change: (letters: readonly DeadLetter[]) => Promise<number>,
  ): Promise<DeadLetterBatch> {
    const until = await this.repository.newestId();
    let [matched, done] = [0, 0];
    let next: string | undefined = cursor;
    for (let scans = 0; scans < maxScans && matched < limit; scans++) {
      const max = Math.min(idsPerChange, limit - matched);
      const page = await this.repository.scan({ first: 'oldest', after: next, until, filter, limit: max });
      matched += page.found.length;
      if (!dryRun) done += await change(page.found);
      next = page.next;
      if (next === undefined) break;
    }
    return { matched, done, nextCursor: next ?? null };
  }
}

function idsByGroup(letters: readonly DeadLetter[]): Map<string, string[]> {
  const byGroup = new Map<string, string[]>();
  for (const { group, id } of letters) {
    const ids = byGroup.get(group);
    if (ids) ids.push(id);
    else byGroup.set(group, [id]);
  }
  return byGroup;
}
