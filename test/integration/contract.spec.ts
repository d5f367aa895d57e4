import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { MarqueeConfig } from '@app/config';
import { EmbeddingsRepository } from '@app/embeddings';
import { encodeKeyPart, type RedisClient, shared } from '@app/redis';
import { until } from '../fixtures/until.js';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { type Topology, topologies } from '../fixtures/topologies.js';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** What every repository and every script must do, whatever the topology. */
describe.each(Object.entries(topologies))('on %s', (_, startTopology) => {
  let topology: Topology;
  let client: RedisClient;

  beforeAll(async () => {
    topology = await startTopology();
    client = await connectClient(topology.variables);
  });
  afterAll(async () => {
    client.close();
    await topology.stop();
  });
  beforeEach(() => topology.flush());

  describe('RedisClient', () => {
    const keys = Array.from({ length: 50 }, (_, index) => `prod:test:${index}`);

    it('answers a hit, a miss and an error reply', async () => {
      await topology.set('prod:test:a', Buffer.from([0, 255, 128]));
      expect(await client.get(client.newBudget(), 'prod:test:a')).toEqual({
        status: 'ok',
        value: Buffer.from([0, 255, 128]),
      });
      expect(await client.get(client.newBudget(), 'prod:test:none')).toEqual({ status: 'miss' });
      expect(await client.command(client.newBudget(), 'LPUSH', 'prod:test:a', 'x')).toEqual({
        status: 'error',
        fault: { kind: 'reply', code: 'WRONGTYPE' },
      });
      expect(await client.ping(client.newBudget())).toEqual({ status: 'ok', value: 'PONG' });
    });

    it('reads many keys of all slots in order, holes and all', async () => {
      const present = keys.filter((_, index) => index % 3 !== 0);
      await Promise.all(present.map((key) => topology.set(key, Buffer.from(key))));
      expect(await client.getMany(client.newBudget(), keys)).toEqual({
        status: 'ok',
        value: keys.map((key, index) => (index % 3 === 0 ? null : Buffer.from(key))),
      });
      expect(await client.getMany(client.newBudget(), keys.slice(0, 2))).toMatchObject({ status: 'ok' });
      expect(await client.getMany(client.newBudget(), [])).toEqual({ status: 'ok', value: [] });
    });

    it('keeps tagged keys together', async () => {
      const pair = [
        client.keys.key(shared('trending'), 'next'),
        client.keys.key(shared('trending'), 'current'),
      ];
      await client.command(client.newBudget(), 'SADD', pair[0] as string, '1');
      expect(
        await client.command(client.newBudget(), 'RENAME', pair[0] as string, pair[1] as string),
      ).toEqual({
        status: 'ok',
        value: Buffer.from('OK'),
      });
    });

    it('lends a connection for WATCH: a change in between stops the transaction', async () => {
      const key = 'prod:test:watched';
      const attempt = (meanwhile: () => Promise<unknown>) =>
        client.lease({ waitMs: 1000, key }, async (connection) => {
          await connection.command(1000, 'WATCH', key);
          await meanwhile();
          return connection.transaction(1000, [['SET', key, 'mine']]);
        });
      expect(await attempt(() => topology.set(key, Buffer.from('theirs')))).toEqual({
        status: 'ok',
        value: null,
      });
      expect(await topology.get(key)).toEqual(Buffer.from('theirs'));
      expect(await attempt(() => Promise.resolve())).toEqual({ status: 'ok', value: [Buffer.from('OK')] });
      expect(await topology.get(key)).toEqual(Buffer.from('mine'));
    });

    it('lends a connection for blocking commands, past every timeout of the others', async () => {
      const key = 'prod:test:list';
      const blocked = client.lease({ waitMs: 1000, blocks: true, key }, (connection) =>
        connection.command(5000, 'BLPOP', key, 4),
      );
      await expect(
        Promise.race([blocked, client.command(client.newBudget(), 'EXISTS', key)]),
      ).resolves.toMatchObject({ value: 0 });
      await client.command(client.newBudget(), 'RPUSH', key, 'x');
      expect(await blocked).toEqual({ status: 'ok', value: [Buffer.from(key), Buffer.from('x')] });
    });
  });

  describe(EmbeddingsRepository.name, () => {
    const space = { model: 'm', dimensions: 3, shortened: false };
    const texts = Array.from({ length: 40 }, (_, index) => `text ${index}`);
    const keyOf = (text: string): string => `prod:emb:m:${sha256(text)}`;
    const vectorOf = (index: number): Float32Array => Float32Array.of(index, -index, 0.5);
    let asked: number[];

    const embed = async (wanted: readonly string[]) => {
      asked = [];
      const config = { cache: { localBytes: 0 } } as MarqueeConfig;
      const repository = new EmbeddingsRepository(createCache(client).cache, config);
      const cached = await repository.getOrMake(client.newBudget(), space, wanted, (positions) => {
        asked.push(...positions);
        return Promise.resolve(positions.map((position) => vectorOf(position)));
      });
      return cached.map(({ value, outcome, stored }) => ({ value, outcome, stored }));
    };

    it('finds in order what it saved, in the documented bytes, for seven days', async () => {
      const first = await embed(texts);
      expect(first).toEqual(
        texts.map((_, index) => ({ value: vectorOf(index), outcome: 'miss', stored: true })),
      );
      const second = await embed(texts);
      expect(second).toEqual(
        texts.map((_, index) => ({ value: vectorOf(index), outcome: 'redis_hit', stored: true })),
      );
      expect(asked).toEqual([]);
      expect(await topology.get(keyOf('text 1'))).toEqual(Buffer.from('3f800000bf8000003f000000', 'hex'));
      expect(await topology.ttl(keyOf('text 1'))).toBeGreaterThan(604_790);
    });

    it('keeps what another program wrote first and replaces what is broken', async () => {
      await topology.set(keyOf('text 0'), Buffer.from('3f8000003f8000003f800000', 'hex'));
      await topology.set(keyOf('text 1'), Buffer.from('short'));
      await embed(texts.slice(0, 3));
      expect(asked).toEqual([1, 2]);
      const after = await embed(texts.slice(0, 3));
      expect(after.map(({ value }) => value)).toEqual([Float32Array.of(1, 1, 1), vectorOf(1), vectorOf(2)]);
    });

    it('leaves no lock behind', async () => {
      await embed(texts.slice(0, 5));
      await until(
        'the locks are free',
        async () => !(await topology.get(`prod:lock:${encodeKeyPart(keyOf('text 1'))}`)),
      );
    });

    it('goes on when the servers have forgotten the scripts', async () => {
      await topology.forgetScripts();
      await embed(texts);
      await embed(texts);
      expect(asked).toEqual([]);
    });
  });
});
