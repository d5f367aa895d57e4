import { beforeEach, describe, expect, it } from '@jest/globals';
import { ExplainedPages, type SearchResult } from './explained-pages.js';
import type { RankedAnswer, RankedHit } from './ranked-answer.js';

const hits = [1, 2, 3, 4, 5, 6].map((id) => ({ id }) as RankedHit);
const answer = (): RankedAnswer => ({ hits }) as unknown as RankedAnswer;

describe('ExplainedPages', () => {
  let pages: ExplainedPages;
  let created: number;
  beforeEach(() => {
    pages = new ExplainedPages();
    created = 0;
  });
  const read = (of: RankedAnswer, from: number, to: number, missing = 0) => {
    const page = hits.slice(from, to);
    return pages.getOrCreate(of, page, () => {
      created++;
      return Promise.resolve(page.slice(missing).map((hit) => ({ hit }) as SearchResult));
    });
  };

  it('creates each page of an answer once', async () => {
    const one = answer();
    const first = await read(one, 0, 2);
    expect(await read(one, 0, 2)).toBe(first);
    expect((await read(one, 2, 4)).map(({ hit }) => hit.id)).toEqual([3, 4]);
    expect((await read(one, 0, 3)).map(({ hit }) => hit.id)).toEqual([1, 2, 3]);
    expect(created).toBe(3);
  });

  it('creates the pages of another answer, even if it has the same hits', async () => {
    await read(answer(), 0, 2);
    await read(answer(), 0, 2);
    expect(created).toBe(2);
  });

  it('remembers four pages per answer', async () => {
    const one = answer();
    for (let from = 0; from < 5; from++) await read(one, from, from + 1);
    await read(one, 0, 1);
    expect(created).toBe(5);
    await read(one, 4, 5);
    expect(created).toBe(6);
  });

  it('does not remember a page with missing movies', async () => {
    const one = answer();
    expect(await read(one, 0, 2, 1)).toHaveLength(1);
    expect(await read(one, 0, 2)).toHaveLength(2);
  });
});
