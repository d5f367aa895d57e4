import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RedisRefusalError } from '@app/redis';
import { useTestRedis } from '@app/redis/testing';
import { TaskFinishedError } from './tasks.errors.js';
import { TasksRepository } from './tasks.repository.js';

describe(TasksRepository.name, () => {
  const redis = useTestRedis({ beforeAll, beforeEach, afterAll });
  const setUp = () => {
    const sut = new TasksRepository(redis.client);
    return { sut, budget: redis.client.newBudget() };
  };

  it('stores the bare JSON of a result where other programs read it', async () => {
    const { sut, budget } = setUp();
    await sut.put(budget, 'default', 't', { status: 'done', resultJson: '{"movies":[949]}' });
    expect(await redis.raw.get('test:task:t:result')).toBe('{"movies":[949]}');
    expect(await redis.raw.ttl('test:task:t:result')).toBe(1_800);
  });

  it('keeps the result when a progress report arrives late', async () => {
    const { sut, budget } = setUp();
    await sut.put(budget, 'default', 't', { status: 'done', resultJson: '1' });
    const late = sut.put(budget, 'default', 't', { status: 'running', progress: 0.9 });
    await expect(late).rejects.toThrow(TaskFinishedError);
    expect(await sut.claim(budget, 'default', 't')).toMatchObject({ status: 'done', resultJson: '1' });
  });

  it('rejects a key of another type, and does not overwrite it', async () => {
    const { sut, budget } = setUp();
    await redis.raw.rpush('test:task:t:result', 'x');
    await expect(sut.get(budget, 'default', 't')).rejects.toThrow(RedisRefusalError);
    await redis.raw.set('test:task:u:status', 'x');
    const put = sut.put(budget, 'default', 'u', { status: 'pending' });
    await expect(put).rejects.toThrow(RedisRefusalError);
    expect(await redis.raw.get('test:task:u:status')).toBe('x');
  });
});
