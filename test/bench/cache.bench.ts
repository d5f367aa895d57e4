import { randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { Redis } from 'ioredis';
import { defineNamespace, float32Codec, jsonCodec } from '@app/cache';
import { createCache } from '../fixtures/cache.js';
import { connectClient } from '../fixtures/redis-client.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { bento, cacheable, cacheManager, type Peer } from './cache-peers.js';
import { type Contender, interleave, perSecond, table } from './rounds.js';

const rounds = 5;
const dimensions = 1536;
const count = 1_000;
const ids = Array.from({ length: count }, (_, index) => `text-${index}`);
const vector = (): Float32Array => Float32Array.from({ length: dimensions }, () => Math.random() - 0.5);

/** The bare contender decodes with the same codec: copies, converts the byte order, checks for finite numbers. */
const codec = float32Codec(dimensions);
const vectors = defineNamespace({
  name: 'bench-vector',
  codec,
  ttlSeconds: 3_600,
  jitter: 0,
});
const documents = defineNamespace({
  name: 'bench-json',
  codec: jsonCodec<unknown>(),
  ttlSeconds: 3_600,
  jitter: 0,
});

const at = (index: number): string => ids[index % count] as string;

async function stage() {
  const server = await TestRedisServer.start(['--maxmemory', '2gb']);
  const redis = new Redis(server.port, '127.0.0.1');
  const client = await connectClient({ REDIS_URL: server.url, REDIS_BUDGET_MS: '2000' });
  const { cache } = createCache(client);
  const peers = [bento(server.port), cacheManager(server.port), cacheable(server.port)];
  const end = async (): Promise<void> => {
    for (const peer of peers) await peer.close();
    client.close();
    redis.disconnect();
    await server.stop();
  };
  return { server, redis, client, cache, peers, end };
}

const getFrom = (peer: Peer, concurrency: number): Contender => [
  peer.name,
  () => perSecond((index) => peer.get(at(index)), { concurrency }),
];

/** Reads vectors from Redis, one at a time and in batches of a hundred. */
export async function vectorGet(): Promise<string> {
  const { redis, cache, peers, end } = await stage();
  const values = ids.map(vector);
  for (const [index, id] of ids.entries()) {
    const value = values[index] as Float32Array;
    await cache.set(vectors, id, value);
    const raw = Buffer.from(value.buffer.slice(0));
    raw.swap32();
    await redis.set(`raw:${id}`, raw);
    for (const peer of peers) await peer.set(id, [...value]);
  }
  const sections: string[] = [];
  for (const concurrency of [64, 512]) {
    const compared = await interleave(rounds, [
      [
        'raw ioredis getBuffer, the same decoding (limit)',
        () =>
          perSecond(async (index) => codec.decode((await redis.getBuffer(`raw:${at(index)}`)) as Buffer), {
            concurrency,
          }),
      ],
      ['Marquee', () => perSecond((index) => cache.get(vectors, at(index)), { concurrency })],
      ...peers.map((peer) => getFrom(peer, concurrency)),
    ]);
    sections.push(
      `One vector of 1,536 dimensions, ${concurrency} in parallel\n\n${table('gets/s', compared)}`,
    );
  }
  const hundred = (index: number): string[] =>
    Array.from({ length: 100 }, (_, offset) => at(100 * index + offset));
  const many = await interleave(rounds, [
    [
      'raw ioredis mgetBuffer, the same decoding (limit)',
      () =>
        perSecond(
          async (index) =>
            (await redis.mgetBuffer(...hundred(index).map((id) => `raw:${id}`))).map((bytes) =>
              codec.decode(bytes as Buffer),
            ),
          { concurrency: 8 },
        ),
    ],
    ['Marquee', () => perSecond((index) => cache.getMany(vectors, hundred(index)), { concurrency: 8 })],
  ]);
  sections.push(`A hundred vectors\n\n${table('batches/s', many)}`);
  await end();
  return sections.join('\n\n');
}

/** Reads a movie's JSON of 2 KB from Redis. */
export async function jsonGet(): Promise<string> {
  const { redis, cache, peers, end } = await stage();
  const movie = {
    id: 1,
    title: 'Heat',
    overview: randomBytes(900).toString('hex'),
    genres: [{ id: 80, name: 'Crime' }],
  };
  for (const id of ids) {
    await cache.set(documents, id, movie);
    await redis.set(`raw:${id}`, JSON.stringify(movie));
    for (const peer of peers) await peer.set(id, movie);
  }
  const compared = await interleave(rounds, [
    [
      'raw ioredis get and JSON.parse (limit)',
      () =>
        perSecond(async (index) => JSON.parse((await redis.get(`raw:${at(index)}`)) ?? ''), {
          concurrency: 64,
        }),
    ],
    ['Marquee', () => perSecond((index) => cache.get(documents, at(index)), { concurrency: 64 })],
    ...peers.map((peer) => getFrom(peer, 64)),
  ]);
  await end();
  return table('gets/s', compared);
}

const noLoad = (): Promise<never> => Promise.reject(new Error('The value should be cached'));

/** Reads vectors from the local tier. */
export async function localGet(): Promise<string> {
  const { server, cache, end } = await stage();
  const local = defineNamespace({
    name: 'bench-local',
    codec,
    ttlSeconds: 3_600,
    jitter: 0,
    localTtlSeconds: 600,
    localBytes: 64 * 1024 * 1024,
    prefix: ['emb', 'bench'],
  });
  const peers = [bento(server.port, { memory: true }), cacheable(server.port, { memory: true })];
  const alone = new LRUCache<string, Float32Array>({ max: 10_000 });
  for (const id of ids) {
    const value = vector();
    alone.set(id, value);
    await cache.getOrLoadOne(local, id, () => Promise.resolve(value));
    for (const peer of peers) await peer.set(id, value);
  }
  // The process's own write invalidates its copy, so a read after that fills the local tier.
  for (const id of ids) {
    let isLocal = false;
    while (!isLocal) isLocal = (await cache.getOrLoadOne(local, id, noLoad)).outcome === 'local_hit';
  }
  const compared = await interleave(rounds, [
    [
      'lru-cache alone (limit)',
      () => perSecond((index) => Promise.resolve(alone.get(at(index))), { concurrency: 64 }),
    ],
    ['Marquee', () => perSecond((index) => cache.get(local, at(index)), { concurrency: 64 })],
    ...peers.map((peer) => getFrom(peer, 64)),
  ]);
  for (const peer of peers) await peer.close();
  await end();
  return table('gets/s', compared);
}

/** Measures the memory of one vector in Redis by the growth of the server. */
export async function memory(): Promise<string> {
  const { server, redis, cache, peers, end } = await stage();
  const used = async (): Promise<number> =>
    Number(/used_memory:(\d+)/.exec(await server.redis.info('memory'))?.[1]);
  const growth = async (write: (id: string, value: Float32Array) => Promise<unknown>): Promise<number> => {
    await redis.flushall();
    const before = await used();
    for (const id of ids) await write(id, vector());
    return ((await used()) - before) / count;
  };
  const rows: [string, number][] = [
    [
      'raw bytes in a string (limit)',
      await growth((id, value) =>
        redis.set(`raw:text-embedding-3-small:${id}`, Buffer.from(value.buffer), 'EX', 3600),
      ),
    ],
    ['Marquee', await growth((id, value) => cache.set(vectors, id, value))],
  ];
  for (const peer of peers) rows.push([peer.name, await growth((id, value) => peer.set(id, [...value]))]);
  await end();
  const [[, limit]] = rows as [[string, number]];
  return [
    '| contender | bytes per vector | ratio to the first |',
    '|---|---|---|',
    ...rows.map(([name, bytes]) => `| ${name} | ${Math.round(bytes)} | ${(bytes / limit).toFixed(2)} |`),
  ].join('\n');
}
