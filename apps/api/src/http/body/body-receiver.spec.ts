import { Readable } from 'node:stream';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ReceiveBufferFullError } from './body.errors.js';
import { ByteCollector } from './byte-collector.js';
import { ReceiveBuffer } from './receive-buffer.js';
import { BodyReceiver, type ReceiveOptions } from './body-receiver.js';
import { TurnQueue } from './turn-queue.js';
import { UploadClock } from './upload-clock.js';

describe(ByteCollector.name, () => {
  it('joins pieces of any size in order, and merges small ones', () => {
    const collector = new ByteCollector();
    const expected: Buffer[] = [];
    for (const size of [1, 5_000, 0, 4_095, 1, 1, 100_000, 3, ...Array<number>(200_000).fill(1)]) {
      const piece = Buffer.alloc(size, expected.length % 251);
      expected.push(piece);
      collector.add(piece);
    }
    expect(collector.join().equals(Buffer.concat(expected))).toBe(true);
    expect(collector.length).toBe(Buffer.concat(expected).length);
    expect(new ByteCollector().join()).toHaveLength(0);
  });
});

describe(ReceiveBuffer.name, () => {
  it('leaves as much space as a client holds, so that others fit', () => {
    const buffer = new ReceiveBuffer(100);
    const [first, second] = [buffer.open('a'), buffer.open('a')];
    first.take(30);
    second.take(20);
    expect(() => buffer.open('a').take(1)).toThrow(ReceiveBufferFullError);
    const other = buffer.open('b');
    other.take(50);
    expect(() => buffer.open('c').take(1)).toThrow('already receiving as many bytes');
    first.release();
    first.release();
    expect(buffer.held).toBe(70);
    second.release();
    other.release();
    expect(buffer.held).toBe(0);
  });

  it('accepts a single body of any size that fits', () => {
    const buffer = new ReceiveBuffer(100);
    const room = buffer.open('a');
    room.take(100);
    room.release();
    expect(() => room.take(101)).toThrow('already receiving as many bytes');
  });
});

describe(TurnQueue.name, () => {
  it('runs one task per turn, in order, even after one throws', async () => {
    const queue = new TurnQueue();
    const seen: string[] = [];
    const turn = (name: string): void => void setImmediate(() => seen.push(name));
    const tasks = ['a', 'b', 'c'].map((name) =>
      queue.run(() => {
        seen.push(name);
        turn(`turn after ${name}`);
        if (name === 'b') throw new Error('no');
        return name;
      }),
    );
    const results = await Promise.allSettled(tasks);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(seen.slice(0, 5)).toEqual(['a', 'turn after a', 'b', 'turn after b', 'c']);
  });
});

describe(BodyReceiver.name, () => {
  const receive = (source: Readable, options: Partial<ReceiveOptions> = {}, clock = new UploadClock()) =>
    new BodyReceiver(clock).receive(source, { maxBytes: 100_000, ...options });
  const pieces = (count: number, size: number): Readable =>
    Readable.from(
      Array.from({ length: count }, () => Buffer.alloc(size)),
      { objectMode: false },
    );

  it('receives a body and charges all of it', async () => {
    const accounted: [number, number][] = [];
    const account = async (bytes: number, total: number): Promise<void> =>
      void accounted.push([bytes, total]);
    expect(await receive(pieces(5, 10_000), { account })).toHaveLength(50_000);
    expect(accounted.reduce((sum, [bytes]) => sum + bytes, 0)).toBe(50_000);
    expect(accounted.length).toBeGreaterThan(1);
    expect(accounted.at(-1)?.[1]).toBe(50_000);
  });

  it('stops reading when the quota refuses bytes', async () => {
    let taken = 0;
    const account = async (bytes: number): Promise<void> => {
      if (taken + bytes > 40_000) throw new Error('quota');
      taken += bytes;
    };
    const source = pieces(1_000, 10_000);
    await expect(receive(source, { account, maxBytes: 1e9 })).rejects.toThrow('quota');
    expect(taken).toBeLessThanOrEqual(40_000);
    expect(source.readableDidRead).toBe(true);
    expect(source.readableEnded).toBe(false);
  });

  it('charges what arrived before the client disconnected', async () => {
    const source = new Readable({ read: () => undefined });
    let accounted = 0;
    const body = receive(source, { account: async (bytes) => void (accounted += bytes) });
    source.push(Buffer.alloc(1_000));
    setImmediate(() => source.destroy());
    await expect(body).rejects.toThrow('closed');
    expect(accounted).toBe(1_000);
  });

  it('rejects bodies that are too large, fail inspection, or arrive in tiny pieces', async () => {
    await expect(receive(pieces(2, 60_000))).rejects.toThrow('larger than the 100000 bytes');
    await expect(receive(pieces(1, 1), { inspect: () => 'is bad' })).rejects.toThrow('body: is bad');
    const tiny = new Readable({ read: () => undefined });
    const refused = receive(tiny);
    for (let index = 0; index < 6_000; index++) tiny.emit('data', Buffer.alloc(1));
    await expect(refused).rejects.toThrow('too many tiny pieces');
  });

  describe('over time', () => {
    afterEach(() => void jest.restoreAllMocks());

    it('times out stalled and slow uploads', async () => {
      const clock = new UploadClock();
      const [stalled, trickling] = [
        new Readable({ read: () => undefined }),
        new Readable({ read: () => undefined }),
      ];
      const bodies = [receive(stalled, {}, clock), receive(trickling, {}, clock)];
      const ends = Promise.allSettled(bodies);
      const startMs = performance.now();
      let nowMs = startMs;
      jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
      const outcomes: string[] = [];
      const note = (name: string, error: Error): void =>
        void outcomes.push(`${name} ${error.name} after ${((nowMs - startMs) / 1_000).toFixed(1)} s`);
      for (const [index, name] of ['stalled', 'trickling'].entries())
        void bodies[index]?.catch((error: unknown) => note(name, error as Error));
      for (let second = 1; second <= 12; second++) {
        nowMs = startMs + second * 1_000 - 500;
        trickling.emit('data', Buffer.alloc(1));
        clock.check(nowMs);
        await Promise.resolve();
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(outcomes).toEqual([
        'stalled BodyTimeoutError after 5.5 s',
        'trickling BodyTimeoutError after 10.5 s',
      ]);
      await ends;
    });
  });
});
