import { describe, expect, it } from '@jest/globals';
import { evictionWarnings } from '../health/server-policy.js';
import { toOutcome, toRedisFault } from './redis.errors.js';

const reply = (message: string): Error => Object.assign(new Error(message), { name: 'ReplyError' });

describe(toRedisFault.name, () => {
  it.each([
    [reply('LOADING Redis is loading the dataset in memory'), 'not-serving', 'LOADING'],
    [reply("READONLY You can't write against a read only replica."), 'not-serving', 'READONLY'],
    [reply("OOM command not allowed when used memory > 'maxmemory'."), 'full', 'OOM'],
    [reply('WRONGPASS invalid username-password pair or user is disabled.'), 'denied', 'WRONGPASS'],
    [reply('WRONGTYPE Operation against a key holding the wrong kind of value'), 'reply', 'WRONGTYPE'],
    [
      reply(
        'ERR Error running script (call to f_0a): @user_script:3: WRONGTYPE Operation against a key holding the wrong kind of value',
      ),
      'reply',
      'WRONGTYPE',
    ],
    [
      reply(
        "ERR The user executing the script can't run this command or subcommand script: 0a, on @user_script:1.",
      ),
      'denied',
      'NOPERM',
    ],
    [reply('NOPERM ACL failure in script: User app has no permissions'), 'denied', 'NOPERM'],
    [
      Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { code: 'ECONNREFUSED' }),
      'connection',
      'ECONNREFUSED',
    ],
    [new Error('Connection is closed.'), 'connection', 'CLOSED'],
    [new Error('Command timed out'), 'connection', 'ETIMEDOUT'],
    [
      new Error("Socket timeout. Expecting data, but didn't receive any in 500ms."),
      'connection',
      'ETIMEDOUT',
    ],
  ])('%s', (error, kind, code) => {
    expect(toRedisFault(error)).toEqual({ kind, code });
  });

  it('does not keep the payload', () => {
    const error = Object.assign(reply('ERR unknown command with args beginning with: "a secret"'), {
      command: { name: 'get', args: ['a secret'] },
    });
    expect(JSON.stringify(toRedisFault(error))).not.toContain('secret');
  });
});

describe(toOutcome.name, () => {
  it('distinguishes a denied command from an unauthenticated connection', () => {
    expect(toOutcome(reply('NOPERM this user has no permissions'))).toMatchObject({ status: 'error' });
    expect(toOutcome(reply('NOAUTH Authentication required.'))).toMatchObject({ status: 'unavailable' });
  });
});

describe(evictionWarnings.name, () => {
  it('accepts the documented settings', () => {
    expect(evictionWarnings('cache', 'maxmemory:471859200\r\nmaxmemory_policy:volatile-lru\r\n')).toEqual([]);
  });

  it('warns about another policy and about unlimited memory', () => {
    expect(evictionWarnings('cache', 'maxmemory:0\r\nmaxmemory_policy:allkeys-lru\r\n')).toEqual([
      expect.stringContaining('maxmemory-policy is "allkeys-lru"'),
      expect.stringContaining('maxmemory is not set'),
    ]);
  });
});
