import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import { Redis } from 'ioredis';
import { RateLimiterRedis, RateLimiterUnion } from 'rate-limiter-flexible';
import { RedisStore, type RedisReply } from 'rate-limit-redis';
import { connectClient } from '../fixtures/redis-client.js';
import { createLimiter } from '../fixtures/rate-limiter.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { type Contender, interleave, perSecond, table } from './rounds.js';

const rounds = 7;
const clients = Array.from({ length: 1_000 }, (_, index) => `client-${index}`);
const quota = 60_000;
const windowSeconds = 60;

/** A minimal GCRA: the time, the state, and an expiry. */
const minimalGcra = `
local t = redis.call('TIME')
local now = t[1] * 1000 + t[2] / 1000
local tat = math.max(now, tonumber(redis.call('GET', KEYS[1]) or 0)) + ARGV[1]
if tat - now > tonumber(ARGV[2]) then return {0, tat - now - ARGV[2]} end
redis.call('SET', KEYS[1], tat, 'PX', math.ceil(tat - now))
return {1, 0}`;

type Decide = (client: string) => Promise<unknown>;

const contender = (name: string, decide: Decide): Contender => [
  name,
  () => perSecond((index) => decide(clients[index % clients.length] as string), { concurrency: 64 }),
];

/** Measures decisions per second with one policy, with three policies, and for refused clients. */
export async function rateLimit(): Promise<string> {
  const server = await TestRedisServer.start();
  const redis = new Redis(server.port, '127.0.0.1');
  const policy = (name: string, maxUnits: number, algorithm = 'sliding-window') => ({
    name,
    algorithm,
    quota: maxUnits,
    windowSeconds,
  });
  const names = ['one', 'two', 'three'];
  // All processes of an environment share its policies, so each limiter gets its own environment.
  const marquee = async (environment: string, policies: ReturnType<typeof policy>[]) => {
    const client = await connectClient({
      REDIS_URL: server.url,
      REDIS_BUDGET_MS: '200',
      ENV: environment,
    });
    return { client, ...(await createLimiter(client, policies)) };
  };
  const single = await marquee('single', [policy('one', quota)]);
  const gcra = await marquee('gcra', [policy('one', quota, 'gcra')]);
  const triple = await marquee(
    'triple',
    names.map((name) => policy(name, quota)),
  );
  const tripleGcra = await marquee(
    'triple-gcra',
    names.map((name) => policy(name, quota, 'gcra')),
  );
  const tight = await marquee('tight', [policy('tight', 1)]);
  const allowed = async (decision: ReturnType<(typeof single)['take']>): Promise<void> => {
    const { isAllowed, isDegraded } = await decision;
    if (!isAllowed || isDegraded) throw new Error('The request was refused or decided without Redis');
  };

  const flexible = (keyPrefix: string, points: number, more = {}) =>
    new RateLimiterRedis({ storeClient: redis, keyPrefix, points, duration: windowSeconds, ...more });
  const store = (prefix: string) => {
    const made = new RedisStore({
      prefix,
      sendCommand: (command: string, ...args: string[]) =>
        redis.call(command, ...args) as Promise<RedisReply>,
    });
    void made.init({ windowMs: windowSeconds * 1000 } as Parameters<RedisStore['init']>[0]);
    return made;
  };
  const throttler = new ThrottlerStorageRedisService(redis);
  const throttle = (key: string, name: string, limit: number) =>
    throttler.increment(key, windowSeconds * 1000, limit, windowSeconds * 1000, name);
  const refuses = (consume: Promise<unknown>) => consume.catch(() => undefined);

  const sha = (await redis.script('LOAD', minimalGcra)) as string;
  const evalsha = (key: string) => redis.evalsha(sha, 1, key, '1', '60000');
  const [flexibleOne, storeOne] = [flexible('rlf-one', quota), store('rlr-one:')];
  const one = await interleave(rounds, [
    contender('raw EVALSHA of a minimal GCRA (limit)', (name) => evalsha(`gcra:${name}`)),
    contender('raw INCR (limit)', (name) => redis.incr(`incr:${name}`)),
    contender('Marquee, sliding window', (name) => allowed(single.take(name))),
    contender('Marquee, GCRA', (name) => allowed(gcra.take(name))),
    contender('rate-limit-redis', (name) => storeOne.increment(name)),
    contender('rate-limiter-flexible', (name) => flexibleOne.consume(name)),
    contender('@nest-lab/throttler-storage-redis', (name) => throttle(name, 'one', quota)),
  ]);

  const union = new RateLimiterUnion(...names.map((name) => flexible(`rlf-${name}`, quota)));
  const stores = names.map((name) => store(`rlr-${name}:`));
  const three = await interleave(rounds, [
    contender('Marquee, sliding windows', (name) => allowed(triple.take(name))),
    contender('Marquee, GCRA', (name) => allowed(tripleGcra.take(name))),
    contender('3 × raw INCR (limit)', (name) =>
      Promise.all(names.map((each) => redis.incr(`incr-${each}:${name}`))),
    ),
    contender('rate-limiter-flexible, RateLimiterUnion', (name) => union.consume(name)),
    contender('rate-limit-redis, sequentially', async (name) => {
      for (const each of stores) await each.increment(name);
    }),
    contender('@nest-lab/throttler-storage-redis, sequentially', async (name) => {
      for (const each of names) await throttle(`${each}-${name}`, each, quota);
    }),
  ]);

  const [flexibleTight, storeTight] = [flexible('rlf-tight', 1), store('rlr-tight:')];
  const blocking = flexible('rlf-block', 1, {
    inMemoryBlockOnConsumed: 1,
    inMemoryBlockDuration: windowSeconds,
  });
  const refused = await interleave(rounds, [
    contender('Marquee', (name) => tight.take(name)),
    contender('rate-limiter-flexible', (name) => refuses(flexibleTight.consume(name))),
    contender('rate-limiter-flexible, inMemoryBlockOnConsumed', (name) => refuses(blocking.consume(name))),
    contender('rate-limit-redis', (name) => storeTight.increment(name)),
    contender('@nest-lab/throttler-storage-redis', (name) => throttle(name, 'tight', 1)),
  ]);

  for (const each of [single, gcra, triple, tripleGcra, tight]) {
    await each.stop();
    each.client.close();
  }
  redis.disconnect();
  await server.stop();
  return [
    `One policy\n\n${table('decisions/s', one)}`,
    `Three policies\n\n${table('decisions/s', three)}`,
    `Refused clients\n\n${table('decisions/s', refused)}`,
  ].join('\n\n');
}
