import { describe, expect, it } from '@jest/globals';
import { SlidingWindowLog } from './sliding-window-log.js';
import { SlidingWindowUsage } from './sliding-window-usage.js';

const limit = { capacity: 10, windowMs: 3_000 };

describe(SlidingWindowLog.name, () => {
  it('counts a unit for the window and at most a thirtieth more', () => {
    const log = new SlidingWindowLog(3_000);
    log.add(1, 0);
    log.add(1, 70);
    expect(log.used(3_070)).toBe(2);
    expect(log.usedAtLeast(3_000)).toBe(0);
    expect(log.used(3_100)).toBe(0);
  });

  it('counts every unit within the window for random times, in a bounded number of buckets', () => {
    const log = new SlidingWindowLog(3_000);
    const added: { atMs: number; units: number }[] = [];
    for (let nowMs = 0; nowMs < 30_000; nowMs += 1 + Math.floor(40 * Math.random())) {
      const units = 1 + Math.floor(3 * Math.random());
      log.add(units, nowMs);
      added.push({ atMs: nowMs, units });
      const sumSince = (fromMs: number): number =>
        added.reduce((sum, each) => (each.atMs >= fromMs ? sum + each.units : sum), 0);
      expect(log.used(nowMs)).toBeGreaterThanOrEqual(sumSince(nowMs - 3_000));
      expect(log.used(nowMs)).toBeLessThanOrEqual(sumSince(nowMs - 3_100));
      expect(log.usedAtLeast(nowMs)).toBeLessThanOrEqual(sumSince(nowMs - 3_000));
      expect(log.expiries().length).toBeLessThanOrEqual(43);
    }
  });

  it('removes units from the bucket in which they were used, unless it has expired', () => {
    const log = new SlidingWindowLog(3_000);
    log.add(5, 0);
    log.add(5, 1_000);
    log.remove(3, 10);
    expect(log.used(1_000)).toBe(7);
    expect(log.used(3_100)).toBe(5);
    log.remove(3, 10);
    expect(log.used(3_100)).toBe(5);
  });
});

describe(SlidingWindowUsage.name, () => {
  it('counts its own units while they are in the window, and those of other processes for a window from the last reply', () => {
    const usage = new SlidingWindowUsage(limit);
    usage.applyReply({ charged: 2, remaining: 8, resetMs: 3_100 }, 0);
    usage.applyReply({ charged: 2, remaining: 3, resetMs: 100 }, 1_000);
    // Four of its own units, three of other processes.
    expect(usage.waitLocally(3, 1, 1_000)).toBe(0);
    expect(usage.waitLocally(4, 1, 1_000)).toBe(2_100);
    expect(usage.waitLocally(6, 1, 1_000)).toBe(3_100);
    expect(usage.waitLocally(5, 1, 3_100)).toBe(0);
    expect(usage.waitLocally(10, 1, 4_100)).toBe(0);
  });

  it('admits its share of what is left in any window', () => {
    const usage = new SlidingWindowUsage(limit);
    const admitted: number[] = [];
    for (let nowMs = 0; nowMs < 20_000; nowMs += 7) {
      if (usage.waitLocally(1, 3, nowMs) !== 0) continue;
      usage.chargeLocally(1, 3, nowMs);
      admitted.push(nowMs);
    }
    for (const from of admitted)
      expect(admitted.filter((at) => at >= from && at <= from + 3_000).length).toBeLessThanOrEqual(3);
    expect(admitted.length).toBeGreaterThan(18);
    expect(usage.waitLocally(4, 3, 20_000)).toBeUndefined();
  });

  it('returns the exact wait until the next unit is admitted', () => {
    const usage = new SlidingWindowUsage(limit);
    usage.applyReply({ charged: 10, remaining: 0, resetMs: 3_100 }, 0);
    const waitMs = usage.waitLocally(1, 1, 500) ?? 0;
    expect(usage.waitLocally(1, 1, 500 + waitMs - 1)).toBeGreaterThan(0);
    expect(usage.waitLocally(1, 1, 500 + waitMs)).toBe(0);
  });

  it('restores all usage after a data loss, and only its own after a lost connection', () => {
    const usage = new SlidingWindowUsage(limit);
    usage.applyReply({ charged: 2, remaining: 3, resetMs: 3_100 }, 0);
    expect(usage.restore(1_000, true)).toEqual({ floor: 7, leftMs: 2_100, owed: 0, isLost: true });
    expect(usage.restore(1_000, false)).toEqual({ floor: 2, leftMs: 2_100, owed: 0, isLost: false });
    expect(usage.restore(3_050, false)).toMatchObject({ floor: 0 });
  });

  it('reports what was admitted without Redis once, and again if that failed', () => {
    const usage = new SlidingWindowUsage(limit);
    usage.chargeLocally(4, 1, 0);
    expect(usage.isUnreported).toBe(true);
    const first = usage.restore(100, false);
    expect([first.owed, usage.isUnreported]).toEqual([4, false]);
    // Units in flight count as well.
    expect(usage.waitLocally(7, 1, 100)).toBeGreaterThan(0);
    usage.undoRestore(first);
    const second = usage.restore(200, false);
    expect(second.owed).toBe(4);
    usage.confirmRestored(second);
    expect(usage.restore(300, false)).toMatchObject({ floor: 4, owed: 0 });
    expect(usage.isInUse(2_000)).toBe(true);
    expect(usage.isInUse(3_101)).toBe(false);
  });
});
