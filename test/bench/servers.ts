import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { CACHE_MANAGER, CacheModule } from '@nestjs/cache-manager';
import { Body, Controller, Get, HttpCode, Inject, Module, Param, Post, type Type } from '@nestjs/common';
import { APP_GUARD, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { ThrottlerGuard, ThrottlerModule } from '@nestjs/throttler';
import { ThrottlerStorageRedisService } from '@nest-lab/throttler-storage-redis';
import KeyvRedis from '@keyv/redis';
import type { Cache } from 'cache-manager';
import fastify from 'fastify';
import { Redis } from 'ioredis';
import { Keyv } from 'keyv';

/** Servers that Marquee is compared with, each in its own process. */
export const servers = {
  'bare-fastify': bareFastify,
  'bare-events': bareEvents,
  'nest-cache-manager': nestCacheManager,
  'bare-nest': bareNest,
  throttler,
};
export type ServerName = keyof typeof servers;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

interface EmbeddingsBody {
  readonly input: string | string[];
}

function answer(vectors: readonly Buffer[]) {
  return {
    object: 'list',
    data: vectors.map((bytes, index) => ({
      object: 'embedding',
      index,
      embedding: bytes.toString('base64'),
    })),
    model: 'text-embedding-3-small',
    usage: { prompt_tokens: 0, total_tokens: 0 },
  };
}

/** Serves a cache hit like Marquee's routes, without rate limits, API keys, metrics, logs or validation. */
async function bareFastify(redisPort: number): Promise<string> {
  const redis = new Redis(redisPort, '127.0.0.1');
  const app = fastify();
  app.post('/v1/embeddings', async ({ body }) => {
    const { input } = body as EmbeddingsBody;
    const texts = Array.isArray(input) ? input : [input];
    const values = await redis.mgetBuffer(
      ...texts.map((text) => `prod:emb:text-embedding-3-small:${sha256(text)}`),
    );
    return answer(
      values.map((value) => {
        const bytes = Buffer.from(value ?? Buffer.alloc(0));
        bytes.swap32();
        return bytes;
      }),
    );
  });
  app.get('/v1/movies/:id', async (request, reply) => {
    const json = await redis.get(`prod:tmdb:movie:${(request.params as { id: string }).id}`);
    return reply.type('application/json; charset=utf-8').send(json);
  });
  return app.listen({ port: 0, host: '127.0.0.1' });
}

/** Writes every entry of the stream to all listeners, without sessions, tenants, limits or heartbeats. */
async function bareEvents(redisPort: number): Promise<string> {
  const redis = new Redis(redisPort, '127.0.0.1');
  const listeners = new Set<ServerResponse>();
  const app = fastify();
  app.get('/v1/sessions/:id/events', (_request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream' });
    reply.raw.write('retry: 1000\n\n');
    listeners.add(reply.raw);
    reply.raw.once('close', () => listeners.delete(reply.raw));
  });
  const read = async (): Promise<void> => {
    for (let last = '$'; ;) {
      const stream = 'prod:transcription_events';
      const [entries] = (await redis.xread('COUNT', 64, 'BLOCK', 5_000, 'STREAMS', stream, last)) ?? [];
      for (const [id, values] of entries?.[1] ?? []) {
        last = id;
        const fields: Record<string, string> = {};
        for (let index = 0; index < values.length; index += 2)
          fields[values[index] as string] = values[index + 1] as string;
        const { session_id: sessionId, transcript, timestamp } = fields;
        const data = JSON.stringify({ sessionId, transcript, timestamp });
        const text = `id: ${id}\nevent: ${fields['event_type']}\ndata: ${data}\n\n`;
        for (const listener of listeners) listener.write(text);
      }
    }
  };
  void read();
  return app.listen({ port: 0, host: '127.0.0.1' });
}

@Controller('v1')
class CacheManagerController {
  constructor(@Inject(CACHE_MANAGER) private readonly cache: Cache) {}

  @Post('embeddings')
  @HttpCode(200)
  async embeddings(@Body() { input }: EmbeddingsBody) {
    const texts = Array.isArray(input) ? input : [input];
    const vectors = await Promise.all(texts.map((text) => this.cache.get<number[]>(`emb:${sha256(text)}`)));
    return answer(vectors.map((vector) => Buffer.from(Float32Array.from(vector ?? []).buffer)));
  }

  @Post('fill')
  async fill(@Body() { key, value }: { key: string; value: unknown }) {
    await this.cache.set(key, value);
    return {};
  }

  @Get('movies/:id')
  movie(@Param('id') id: string) {
    return this.cache.get(`movie:${id}`);
  }
}

async function nestCacheManager(redisPort: number): Promise<string> {
  @Module({
    imports: [
      CacheModule.register({
        stores: [new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${redisPort}`) })],
        ttl: 3_600_000,
      }),
    ],
    controllers: [CacheManagerController],
  })
  class App {}
  return listen(App);
}

@Controller()
class HelloController {
  @Get('v1/models')
  models() {
    return { object: 'list', data: [{ id: 'a-model', object: 'model', created: 0, owned_by: 'me' }] };
  }
}

async function bareNest(): Promise<string> {
  @Module({ controllers: [HelloController] })
  class App {}
  return listen(App);
}

async function throttler(redisPort: number): Promise<string> {
  @Module({
    imports: [
      ThrottlerModule.forRoot({
        throttlers: [{ name: 'default', ttl: 60_000, limit: 1_000_000_000 }],
        storage: new ThrottlerStorageRedisService(new Redis(redisPort, '127.0.0.1')),
      }),
    ],
    controllers: [HelloController],
    providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }],
  })
  class App {}
  return listen(App);
}

async function listen(module: Type<unknown>): Promise<string> {
  const app = await NestFactory.create<NestFastifyApplication>(
    module,
    new FastifyAdapter({ bodyLimit: 64 * 1024 * 1024 }),
    { logger: false },
  );
  await app.listen(0, '127.0.0.1');
  return app.getUrl();
}
