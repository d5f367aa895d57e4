import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { Outcome } from '../outcome.js';
import { FaultLog } from './fault-log.js';

const error = (code: string): Outcome<never> => ({ status: 'error', fault: { kind: 'reply', code } });
const timeout: Outcome<never> = { status: 'timeout', mayHaveRun: true };

describe(FaultLog.name, () => {
  const lines: { msg: string }[] = [];
  const counted: string[] = [];
  let log: FaultLog;

  beforeEach(() => {
    jest.useFakeTimers();
    lines.length = 0;
    counted.length = 0;
    const logger = { warn: (line: { msg: string }) => void lines.push(line) };
    log = new FaultLog('cache', logger, (cause) => counted.push(cause));
  });
  afterEach(() => {
    log.dispose();
    jest.useRealTimers();
  });

  it('logs one line per cause, and the other failures as one line per minute', () => {
    for (let index = 0; index < 500; index++) log.failed('SET', error('OOM'));
    log.failed('append-3', error('OOM'));
    log.failed('GET', timeout);
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringMatching(/^Redis "cache": SET failed with OOM: the server is full/),
      expect.stringMatching(/^Redis "cache": GET failed with TIMEOUT: no reply within the budget/),
    ]);
    jest.advanceTimersByTime(60_000);
    expect(lines.slice(2)).toEqual([
      expect.objectContaining({
        msg: 'Redis "cache": 500 more calls failed with OOM within 60 s (SET 499, append-3 1)',
        commands: { SET: 499, 'append-3': 1 },
      }),
    ]);
    expect(counted).toHaveLength(502);
  });

  it('logs at once again after an interval without failures', () => {
    log.failed('SET', error('OOM'));
    jest.advanceTimersByTime(60_000);
    log.failed('SET', error('OOM'));
    expect(lines).toHaveLength(2);
  });

  it('does not log errors that callers expect', () => {
    log.failed('XGROUP CREATE', error('BUSYGROUP'));
    log.failed('GET', { status: 'miss' });
    expect([lines, counted]).toEqual([[], []]);
  });

  it('reports a refusal for 30 seconds, but not one that concerns a single key or monitoring', () => {
    log.failed('GET', error('WRONGTYPE'));
    log.failed('INFO', error('NOPERM'));
    expect(log.refusal).toBeUndefined();
    log.failed('SET', error('OOM'));
    expect(log.refusal).toEqual({ cause: 'OOM', command: 'SET' });
    jest.advanceTimersByTime(30_001);
    expect(log.refusal).toBeUndefined();
  });
});
