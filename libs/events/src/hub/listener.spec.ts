import { describe, expect, it } from '@jest/globals';
import type { StreamEvent } from '../event.js';
import { Listener } from './listener.js';

const event = (number: number): StreamEvent => ({
  id: `${number}-0`,
  type: 'transcript_appended',
  sessionId: 's',
  tenantId: 't',
  transcript: 'x',
  timestamp: 'now',
});

const make = (afterId: string | undefined) => {
  const received: string[] = [];
  const gaps: string[] = [];
  const sut = new Listener({
    sessionId: 's',
    afterId,
    send: (events) => {
      received.push(...events.map(({ id }) => id));
      return received.length < 3;
    },
    missing: () => void gaps.push('gap'),
    drained: () => Promise.resolve(),
    end: () => undefined,
  });
  return { sut, received, gaps };
};

describe(Listener, () => {
  it('sends only events that it has not sent before', () => {
    const { sut, received } = make('2-0');
    sut.send([event(2), event(3)]);
    sut.isLive = true;
    sut.send([event(3), event(4)]);
    expect(received).toEqual(['3-0', '4-0']);
    expect(sut.lastId).toBe('4-0');
  });

  it('skips events of an earlier id after it was moved on', () => {
    const { sut, received } = make('2-0');
    sut.skipTo('5-0');
    sut.skipTo('1-0');
    expect(sut.send([event(4)])).toBe(true);
    expect([received, sut.lastId]).toEqual([[], '5-0']);
  });

  it('has no last id until it has received a new event', () => {
    const { sut } = make(undefined);
    expect(sut.lastId).toBeUndefined();
    sut.send([event(7)]);
    expect(sut.lastId).toBe('7-0');
  });

  it('returns false when the client does not keep up', () => {
    const { sut } = make('0-0');
    expect([sut.send([event(1), event(2)]), sut.send([event(3)])]).toEqual([true, false]);
  });

  it('reports a gap once', () => {
    const { sut, gaps } = make('0-0');
    sut.reportGap();
    sut.reportGap();
    expect(gaps).toEqual(['gap']);
  });
});
