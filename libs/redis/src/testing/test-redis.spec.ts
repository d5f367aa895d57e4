import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Inject, Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { InjectRedis, RedisClient } from '../index.js';
import { startTestRedis, useTestRedis } from './test-redis.js';

@Injectable()
class Notes {
  constructor(@InjectRedis('sessions') readonly redis: RedisClient) {}
}

@Injectable()
class Elsewhere {
  constructor(@Inject(Notes) readonly notes: Notes) {}
}

describe(useTestRedis.name, () => {
  const redis = useTestRedis({ beforeAll, beforeEach, afterAll });

  it.each(['first', 'second'])('starts the %s test with an empty server', async (name) => {
    expect(await redis.raw.dbsize()).toBe(0);
    await redis.client.command(redis.client.newBudget(), 'SET', redis.client.keys.key('note', name), 'x');
    expect(await redis.raw.keys('*')).toEqual([`test:note:${name}`]);
  });

  it('gives a testing module the client of every target', async () => {
    const module = await Test.createTestingModule({
      providers: [Notes, Elsewhere, ...redis.providers],
    }).compile();
    expect(module.get(Elsewhere).notes.redis).toBe(redis.client);
  });

  it('shares one server among all callers', async () => {
    const others = await Promise.all([startTestRedis(), startTestRedis()]);
    try {
      const servers = [redis, ...others].map(({ variables }) => variables['REDIS_URL']);
      expect(new Set(servers).size).toBe(1);
    } finally {
      for (const other of others) other.close();
    }
  });

  it('throws if it is used before it has started', () => {
    const later = useTestRedis({ beforeAll: () => 0, beforeEach: () => 0, afterAll: () => 0 });
    expect(() => later.client).toThrow('starts in beforeAll');
  });
});
