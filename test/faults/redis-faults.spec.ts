import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { RedisClient } from '@app/redis';
import { Redis } from 'ioredis';
import { liveHeapMb, Load } from '../fixtures/load.js';
import { TestRedisCluster } from '../fixtures/redis-cluster.js';
import { connectClient, connectNow, createClient } from '../fixtures/redis-client.js';
import { TestRedisSentinel } from '../fixtures/redis-sentinel.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { TcpProxy } from '../fixtures/tcp-proxy.js';
import { until } from '../fixtures/until.js';

/** The budget is 75 ms; the rest allows for a busy two-core machine. Without a budget, these calls take seconds. */
const boundMs = 500;
/** Marquee recovers within two seconds of Redis; the rest allows for a busy machine. */
const recoveryMs = 4000;
/** 10,000 waiting calls would take more than 20 MB. */
const heapGrowthMb = 15;

const counter = 'prod:test:counter';

let client: RedisClient;
let load: Load;
let heapBeforeMb: number;
const stops: (() => Promise<unknown> | void)[] = [];

async function underLoad(variables: Record<string, string>): Promise<void> {
  client = await connectClient(variables);
  await beginLoad();
}

async function beginLoad(): Promise<void> {
  stops.unshift(() => client.close());
  heapBeforeMb = liveHeapMb();
  load = new Load(client);
  stops.unshift(() => load.stop());
}

const served = () =>
  until(
    'Redis is used',
    () => load.result.outcomes.ok > 100 && client.status.breaker === 'closed',
    recoveryMs,
  );

/** Redis replies again: the breaker is closed, and all calls of a new phase succeed. */
async function recovers(): Promise<void> {
  await until('the breaker is closed', () => client.status.breaker === 'closed', recoveryMs);
  load.startPhase();
  await served();
}

/** The assertions after every fault. `value` is the counter in Redis; undefined if Redis has lost it. */
async function endsWell(value?: () => Promise<number>): Promise<void> {
  const { slowestMs, unhandledRejections, acknowledged, unknown } = await load.stop();
  expect(slowestMs).toBeLessThan(boundMs);
  expect(unhandledRejections).toBe(0);
  const counted = value ? await value() : acknowledged;
  expect(counted).toBeGreaterThanOrEqual(acknowledged);
  expect(counted).toBeLessThanOrEqual(acknowledged + unknown);
  expect(liveHeapMb() - heapBeforeMb).toBeLessThan(heapGrowthMb);
}

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

describe('one server', () => {
  let server: TestRedisServer;

  beforeEach(async () => {
    server = await TestRedisServer.start();
    stops.unshift(() => server.stop());
  });

  const counted = async (): Promise<number> => Number(await server.redis.get(counter));
  const untilOpen = () => until('the breaker is open', () => client.status.breaker === 'open', recoveryMs);

  it('recovers after the server is killed and restarted', async () => {
    await underLoad({ REDIS_URL: server.url });
    await served();
    await server.kill();
    await untilOpen();
    load.startPhase();
    await delay(1000);
    expect(load.result.outcomes.ok).toBe(0);
    expect(load.result.slowestMs).toBeLessThan(boundMs);
    await server.launch();
    await recovers();
    await endsWell();
  });

  it('recovers after the server is frozen for 10 s', async () => {
    await underLoad({ REDIS_URL: server.url });
    await served();
    server.freeze();
    await untilOpen();
    await delay(10_000);
    expect(load.result.slowestMs).toBeLessThan(boundMs);
    server.thaw();
    await recovers();
    await endsWell(counted);
  });

  it('connects to a server that refuses connections at first', async () => {
    await server.kill();
    client = createClient({ REDIS_URL: server.url });
    expect(await connectNow(client, { REDIS_URL: server.url })).toBe(false);
    await beginLoad();
    await delay(500);
    expect(load.result.outcomes).toMatchObject({ ok: 0, timeout: 0 });
    await server.launch();
    await recovers();
    await endsWell(counted);
  });

  it('keeps the breaker closed and serves reads while a full server rejects writes', async () => {
    await underLoad({ REDIS_URL: server.url });
    await served();
    await server.redis.config('SET', 'maxmemory-policy', 'noeviction');
    await server.redis.config('SET', 'maxmemory', '1');
    await until('writes are refused', () => load.result.outcomes.error > 100);
    expect(await client.command(client.newBudget(), 'INCR', counter)).toEqual({
      status: 'error',
      fault: { kind: 'full', code: 'OOM' },
    });
    expect(client.status.breaker).toBe('closed');
    await server.redis.config('SET', 'maxmemory', '0');
    await recovers();
    await endsWell(counted);
  });

  it('recovers after its connections are killed 20 times', async () => {
    await underLoad({ REDIS_URL: server.url });
    for (let kill = 0; kill < 20; kill++) {
      await recovers();
      await server.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    }
    await recovers();
    await endsWell(counted);
  });

  it('reports denied access after a password change, and recovers when it is reverted', async () => {
    await underLoad({ REDIS_URL: server.url });
    await served();
    await server.redis.call('CONFIG', 'SET', 'requirepass', 'secret');
    await server.redis.call('CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes');
    await until('it is denied', () => client.lastFault?.kind === 'denied', recoveryMs);
    expect(client.status.breaker).not.toBe('closed');
    await server.redis.call('CONFIG', 'SET', 'requirepass', '');
    await recovers();
    await endsWell(counted);
  });

  it('recovers after the server has loaded its data', async () => {
    await underLoad({ REDIS_URL: server.url });
    await served();
    await server.redis.call('DEBUG', 'POPULATE', '3000');
    await server.redis.call('SAVE');
    await server.kill();
    await server.launch(['--key-load-delay', '1000', '--loading-process-events-interval-bytes', '1024']);
    // A client that does not wait until the server has loaded.
    const observer = new Redis({ port: server.port, host: '127.0.0.1', enableReadyCheck: false });
    stops.unshift(() => observer.disconnect());
    await until('it is loading', async () => (await observer.info('persistence')).includes('\nloading:1'));
    load.startPhase();
    await delay(1000);
    expect(load.result.outcomes.ok).toBe(0);
    await until('it has loaded', async () => (await observer.info('persistence')).includes('\nloading:0'));
    await recovers();
    await endsWell();
  });

  it('reports refused writes, and serves reads, while the server is a replica', async () => {
    const other = await TestRedisServer.start();
    stops.unshift(() => other.stop());
    await underLoad({ REDIS_URL: server.url });
    await served();
    await server.redis.replicaof('127.0.0.1', other.port);
    const denied = await until('a write is refused', async () => {
      const outcome = await client.command(client.newBudget(), 'SET', 'prod:test:w', '1');
      // A call that was in progress during the reconnect may have run.
      if (outcome.status !== 'unavailable' || outcome.mayHaveRun) return undefined;
      return outcome.fault.code === 'READONLY' ? outcome : undefined;
    });
    expect(denied).toMatchObject({ mayHaveRun: false });
    await server.redis.replicaof('NO', 'ONE');
    await recovers();
    await endsWell();
  });

  describe('behind a failing network', () => {
    let proxy: TcpProxy;

    beforeEach(async () => {
      proxy = await TcpProxy.start(server.port);
      stops.unshift(() => proxy.stop());
      await underLoad({ REDIS_URL: `redis://127.0.0.1:${proxy.port}` });
      await served();
    });

    it('recovers after old and new sockets were black-holed', async () => {
      proxy.swallow(true);
      await untilOpen();
      load.startPhase();
      await delay(2000);
      expect(load.result.outcomes.ok).toBe(0);
      expect(load.result.slowestMs).toBeLessThan(boundMs);
      proxy.swallow(false);
      await recovers();
      await endsWell(counted);
    });

    it('bounds calls while every reply takes 200 ms', async () => {
      proxy.delayReplies(200);
      await untilOpen();
      await delay(1000);
      expect(load.result.slowestMs).toBeLessThan(boundMs);
      proxy.delayReplies(0);
      await recovers();
      await endsWell(counted);
    });

    it('never runs more increments than those acknowledged or unknown, through 20 connection resets', async () => {
      await load.stop();
      const key = 'prod:test:ten-thousand';
      let acknowledged = 0;
      let unknown = 0;
      let cuts = 0;
      const worker = async (): Promise<void> => {
        while (acknowledged + unknown < 10_000) {
          const outcome = await client.command(client.newBudget(), 'INCR', key);
          if (outcome.status === 'ok') acknowledged++;
          else if ('mayHaveRun' in outcome && outcome.mayHaveRun) unknown++;
          else await delay(1);
          if (acknowledged + unknown >= (cuts + 1) * 450 && cuts < 20) {
            cuts++;
            proxy.cut();
          }
        }
      };
      await Promise.all(Array.from({ length: 32 }, worker));
      const value = Number(await server.redis.get(key));
      expect(cuts).toBe(20);
      expect(unknown).toBeGreaterThan(0);
      expect(value).toBeGreaterThanOrEqual(acknowledged);
      expect(value).toBeLessThanOrEqual(acknowledged + unknown);
    });
  });

  it('detects a frozen server while the client is idle', async () => {
    client = await connectClient({ REDIS_URL: server.url });
    stops.unshift(() => client.close());
    server.freeze();
    await until('it is detected', () => client.status.breaker !== 'closed', 3000);
    server.thaw();
    await until('it is used again', () => client.status.breaker === 'closed', recoveryMs);
    expect(await client.ping(client.newBudget())).toEqual({ status: 'ok', value: 'PONG' });
  });
});

describe('Sentinel', () => {
  it('follows a failover', async () => {
    const sentinel = await TestRedisSentinel.start();
    stops.unshift(() => sentinel.stop());
    await underLoad({ REDIS_URL: sentinel.url });
    await served();
    await sentinel.failover();
    const master = await sentinel.master();
    await until(
      'writes reach the new master',
      async () => {
        await client.command(client.newBudget(), 'SET', 'prod:test:after', '1');
        return (await master.redis.get('prod:test:after')) === '1';
      },
      10_000,
    );
    await recovers();
    await endsWell();
  });

  it('uses the promoted replica after the master is killed', async () => {
    const sentinel = await TestRedisSentinel.start();
    stops.unshift(() => sentinel.stop());
    await underLoad({ REDIS_URL: sentinel.url });
    await served();
    const before = await sentinel.master();
    await before.kill();
    await until('the replica is promoted', async () => (await sentinel.master()) !== before, 15_000);
    await recovers();
    await endsWell();
  });
});

describe('Cluster', () => {
  let cluster: TestRedisCluster;

  beforeEach(async () => {
    cluster = await TestRedisCluster.start(['--cluster-require-full-coverage', 'no']);
    stops.unshift(() => cluster.stop());
    await underLoad({ REDIS_URL: cluster.url });
    await served();
  });

  const counted = async (): Promise<number> => Number(await cluster.get(counter));

  it('serves the keys of the other nodes while one node is down', async () => {
    const owner = await cluster.owner(counter);
    const lost = cluster.nodes.find((node) => node !== owner) as TestRedisServer;
    await lost.kill();
    load.startPhase();
    await until('the other nodes serve', () => load.result.outcomes.ok > 100, 10_000);
    await lost.launch();
    await cluster.agrees();
    await until(
      'its keys are served',
      async () => {
        const outcome = await client.getMany(
          client.newBudget(),
          Array.from({ length: 50 }, (_, index) => `prod:test:${index}`),
        );
        return outcome.status === 'ok' && outcome.value.every((value) => value === null);
      },
      10_000,
    );
    await endsWell(counted);
  });

  it('follows MOVED and ASK while a slot migrates, and runs nothing twice', async () => {
    const from = await cluster.owner(counter);
    const to = cluster.nodes.find((node) => node !== from) as TestRedisServer;
    const slot = await from.redis.cluster('KEYSLOT', counter);
    const [fromId, toId] = [
      String(await from.redis.call('CLUSTER', 'MYID')),
      String(await to.redis.call('CLUSTER', 'MYID')),
    ];
    await to.redis.call('CLUSTER', 'SETSLOT', slot, 'IMPORTING', fromId);
    await from.redis.call('CLUSTER', 'SETSLOT', slot, 'MIGRATING', toId);
    await from.redis.call('MIGRATE', '127.0.0.1', to.port, '', 0, 1000, 'KEYS', counter);
    const moving = load.result.acknowledged;
    await until('ASK is followed', () => load.result.acknowledged > moving + 50);
    for (const node of [to, from]) await node.redis.call('CLUSTER', 'SETSLOT', slot, 'NODE', toId);
    const moved = load.result.acknowledged;
    await until('MOVED is followed', () => load.result.acknowledged > moved + 50);
    await endsWell(async () => Number(await to.redis.get(counter)));
  });
});
