import { describe, expect, it } from '@jest/globals';
import { withTimeout } from './with-timeout.js';

describe(withTimeout.name, () => {
  const never = new Promise<string>(() => undefined);

  it('settles like the promise before the timeout', async () => {
    const onTimeout = () => 'timeout';
    expect(await withTimeout(Promise.resolve('value'), 1_000, onTimeout)).toBe('value');
    await expect(withTimeout(Promise.reject(new Error('failed')), 1_000, onTimeout)).rejects.toThrow(
      'failed',
    );
  });

  it('resolves or rejects with the result of onTimeout after the timeout', async () => {
    expect(await withTimeout(never, 1, () => 'timeout')).toBe('timeout');
    const failing = withTimeout(never, 1, () => {
      throw new Error('too late');
    });
    await expect(failing).rejects.toThrow('too late');
  });

  it('ignores a rejection after the timeout', async () => {
    let fail: (error: Error) => void = () => undefined;
    const late = new Promise<string>((_, reject) => (fail = reject));
    expect(await withTimeout(late, 1, () => 'timeout')).toBe('timeout');
    fail(new Error('late'));
    await expect(late).rejects.toThrow('late');
  });
});
