import { describe, expect, it } from '@jest/globals';
import { CatchUp } from './catch-up.js';
import type { MissedEvents, SessionEventsRepository } from './session-events.repository.js';

const nothing: MissedEvents = { events: [], hasGap: false, continueAfter: undefined };

/** A repository whose reads end when the test says so. */
class SlowRepository {
  readonly reads: { readonly range: string; readonly end: (missed: MissedEvents | undefined) => void }[] = [];
  inProgress = 0;
  maxInProgress = 0;

  after(sessionId: string, afterId: string): Promise<MissedEvents | undefined> {
    this.maxInProgress = Math.max(this.maxInProgress, ++this.inProgress);
    return new Promise((resolve) => {
      const end = (missed: MissedEvents | undefined): void => {
        this.inProgress--;
        resolve(missed);
      };
      this.reads.push({ range: `${sessionId} ${afterId}`, end });
    });
  }
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

describe(CatchUp, () => {
  const make = () => {
    const repository = new SlowRepository();
    return { repository, sut: new CatchUp(repository as unknown as SessionEventsRepository) };
  };

  it('reads once for all listeners that need the same range, and one range at a time', async () => {
    const { repository, sut } = make();
    const first = sut.read('a', '0-0', () => '5-0');
    await settled();
    const others = ['b', 'b', 'c'].map((session) => sut.read(session, '0-0', () => '6-0'));
    for (let ended = 0; ended < 3; ended++) {
      await settled();
      expect(repository.reads).toHaveLength(ended + 1);
      repository.reads[ended]?.end(nothing);
    }
    expect(await first).toEqual({ ...nothing, position: '5-0' });
    expect(await Promise.all(others)).toEqual([1, 2, 3].map(() => ({ ...nothing, position: '6-0' })));
    expect(repository.reads.map(({ range }) => range)).toEqual(['a 0-0', 'b 0-0', 'c 0-0']);
    expect(repository.maxInProgress).toBe(1);
  });

  it('reads again for a listener that arrives during a read, since events may have been published', async () => {
    const { repository, sut } = make();
    const first = sut.read('a', '0-0', () => '1-0');
    await settled();
    const second = sut.read('a', '0-0', () => '2-0');
    repository.reads[0]?.end(undefined);
    expect(await first).toBeUndefined();
    await settled();
    repository.reads[1]?.end(nothing);
    expect((await second)?.position).toBe('2-0');
  });
});
