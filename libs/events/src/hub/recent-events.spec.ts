import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '../event.js';
import { RecentEvents } from './recent-events.js';

const event = (number: number, sessionId: string, transcript = 'x'): StreamEvent => ({
  id: `${number}-0`,
  type: 'transcript_appended',
  sessionId,
  tenantId: 't',
  transcript,
  timestamp: 'now',
});
const idsOf = (events: readonly StreamEvent[]): string[] => events.map(({ id }) => id);

describe(RecentEvents, () => {
  it('returns the events of a session after an id', () => {
    const sut = new RecentEvents();
    sut.add([event(2, 'a'), event(3, 'b'), event(4, 'a')], '1-0');
    sut.add([event(5, 'a')], '4-0');
    const { events, isEnd } = sut.after('a', '2-0', 1_000);
    expect([idsOf(events), isEnd]).toEqual([['4-0', '5-0'], true]);
  });

  it('returns at most about the given size, and reports that there is more', () => {
    const sut = new RecentEvents();
    const text = 'x'.repeat(100);
    sut.add([event(2, 'a', text), event(3, 'a', text), event(4, 'a', text)], '1-0');
    const { events, isEnd } = sut.after('a', '0-0', 150);
    expect([idsOf(events), isEnd]).toEqual([['2-0', '3-0'], false]);
  });

  it('has all events after the id at which it started, until it is cleared', () => {
    const sut = new RecentEvents();
    expect(sut.hasAllAfter('9-0')).toBe(false);
    sut.add([event(5, 'a')], '4-0');
    expect([sut.hasAllAfter('3-0'), sut.hasAllAfter('4-0')]).toEqual([false, true]);
    sut.clear();
    expect(sut.hasAllAfter('4-0')).toBe(false);
  });

  it('drops the oldest events when there are too many', () => {
    const sut = new RecentEvents();
    const numbers = Array.from({ length: 5_001 }, (_, index) => index + 1);
    sut.add(
      numbers.map((number) => event(number, 'a')),
      '0-0',
    );
    const { events } = sut.after('a', '0-0', 1_000_000);
    const [first] = idsOf(events);
    expect(events.length).toBeLessThan(5_000);
    expect([sut.hasAllAfter('0-0'), sut.hasAllAfter(`${Number.parseInt(first ?? '') - 1}-0`)]).toEqual([
      false,
      true,
    ]);
  });

  it('drops the oldest events when their text takes too much memory', () => {
    const sut = new RecentEvents();
    const text = 'x'.repeat(5 * 1024 * 1024);
    sut.add(
      [1, 2, 3, 4].map((number) => event(number, 'a', text)),
      '0-0',
    );
    expect(idsOf(sut.after('a', '0-0', 1e9).events)).toEqual(['2-0', '3-0', '4-0']);
    expect([sut.hasAllAfter('0-0'), sut.hasAllAfter('1-0')]).toEqual([false, true]);
  });
});
