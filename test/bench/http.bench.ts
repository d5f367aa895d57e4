import autocannon from 'autocannon';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { serve, type Served, serveMarquee } from './process.js';
import { type Contender, interleave, table } from './rounds.js';
import { writePolicies } from '../fixtures/policies.js';

const rounds = 5;
const texts = Array.from({ length: 100 }, (_, index) => `a text to embed ${index}`);
const json = { 'content-type': 'application/json' };

/** Returns the requests per second of one server, with 32 connections for two seconds. */
async function load(url: string, request: Partial<autocannon.Options> = {}): Promise<number> {
  const { requests, non2xx, errors } = await autocannon({ url, connections: 32, duration: 2, ...request });
  if (non2xx > 0 || errors > 0)
    throw new Error(`${url}: ${non2xx} responses other than 2xx, ${errors} errors`);
  return requests.average;
}

const post = (body: unknown): Partial<autocannon.Options> => ({
  method: 'POST',
  headers: json,
  body: JSON.stringify(body),
});

async function fill(server: Served, key: string, value: unknown): Promise<void> {
  await fetch(`${server.url}/v1/fill`, {
    method: 'POST',
    headers: json,
    body: JSON.stringify({ key, value }),
  });
}

/** Compares cached responses over HTTP with a minimal server that does only the same work. */
export async function http(): Promise<string> {
  const redis = await TestRedisServer.start();
  const marquee = await serveMarquee({ REDIS_URL: redis.url, CACHE_LOCAL_BYTES: '0' });
  const local = await serveMarquee({ REDIS_URL: redis.url });
  const bare = await serve('bare-fastify', redis.port);
  const nest = await serve('nest-cache-manager', redis.port);
  const { createHash } = await import('node:crypto');
  const model = ((await (await fetch(`${marquee.url}/v1/models`)).json()) as { data: { id: string }[] })
    .data[0]?.id;
  for (const text of texts) {
    const embedded = await fetch(`${marquee.url}/v1/embeddings`, {
      ...(post({ model, input: text }) as RequestInit),
    });
    const { data } = (await embedded.json()) as { data: { embedding: number[] }[] };
    const hash = createHash('sha256').update(text).digest('hex');
    const bytes = await redis.redis.getBuffer(`prod:emb:${model}:${hash}`);
    await redis.redis.set(`prod:emb:text-embedding-3-small:${hash}`, bytes as Buffer);
    await fill(nest, `emb:${hash}`, data[0]?.embedding);
  }
  const movie = await (await fetch(`${marquee.url}/v1/movies/1000000370`)).text();
  await fill(nest, 'movie:1000000370', JSON.parse(movie));

  const compare = (path: string, request: Partial<autocannon.Options>): Promise<string> => {
    const of = (name: string, { url }: Served): Contender => [name, () => load(`${url}${path}`, request)];
    return interleave(rounds, [
      of('bare Fastify and ioredis (limit)', bare),
      of('Marquee, from Redis', marquee),
      of('Marquee, local tier on (the default)', local),
      of('Nest and @nestjs/cache-manager', nest),
    ]).then((compared) => table('requests/s', compared));
  };
  const sections = [
    `POST /v1/embeddings, one cached text, base64\n\n${await compare('/v1/embeddings', post({ model, input: texts[0], encoding_format: 'base64' }))}`,
    `POST /v1/embeddings, 100 cached texts, base64\n\n${await compare('/v1/embeddings', post({ model, input: texts, encoding_format: 'base64' }))}`,
    `GET /v1/movies/{id}\n\n${await compare('/v1/movies/1000000370', {})}`,
  ];
  for (const server of [marquee, local, bare, nest]) await server.stop();
  await redis.stop();
  return sections.join('\n\n');
}

/** Measures the cost of rate limiting on a trivial route. */
export async function guard(): Promise<string> {
  const redis = await TestRedisServer.start();
  const limited = await serveMarquee({ REDIS_URL: redis.url, MAX_REQUESTS_PER_WINDOW: '1000000000' });
  const free = await serveMarquee({
    REDIS_URL: redis.url,
    ENV: 'free',
    RATE_LIMIT_POLICIES_FILE: writePolicies([]),
  });
  const [bare, throttled] = [await serve('bare-nest', redis.port), await serve('throttler', redis.port)];
  const of = (name: string, { url }: Served): Contender => [name, () => load(`${url}/v1/models`)];
  const marquee = await interleave(rounds, [
    of('Marquee without a policy', free),
    of('Marquee, limited', limited),
  ]);
  const nest = await interleave(rounds, [
    of('bare Nest', bare),
    of('Nest with @nestjs/throttler on Redis', throttled),
  ]);
  for (const server of [limited, free, bare, throttled]) await server.stop();
  await redis.stop();
  return `${table('requests/s', marquee)}\n\n${table('requests/s', nest)}`;
}
