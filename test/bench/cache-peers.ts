import KeyvRedis from '@keyv/redis';
import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisDriver } from 'bentocache/drivers/redis';
import { createCache as createCacheManager } from 'cache-manager';
import { Cacheable } from 'cacheable';
import { Redis } from 'ioredis';
import { Keyv } from 'keyv';

/** A cache library, configured on Redis as its documentation recommends. */
export interface Peer {
  readonly name: string;
  get(key: string): Promise<unknown>;
  set(key: string, value: unknown): Promise<unknown>;
  getOrSet(key: string, load: () => Promise<unknown>): Promise<unknown>;
  close(): Promise<void>;
}

const ttlMs = 3_600_000;

/** The library that @nestjs/cache-manager wraps. */
export function cacheManager(port: number): Peer {
  const store = new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${port}`), namespace: 'cache-manager' });
  store.on('error', () => undefined);
  const cache = createCacheManager({ stores: [store], ttl: ttlMs });
  return {
    name: 'cache-manager + @keyv/redis',
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    getOrSet: (key, load) => cache.wrap(key, load),
    close: () => cache.disconnect(),
  };
}

export function bento(port: number, options: { memory?: boolean; redis?: boolean } = { redis: true }): Peer {
  const connection = new Redis(port, '127.0.0.1');
  connection.on('error', () => undefined);
  let store = bentostore();
  if (options.memory) store = store.useL1Layer(memoryDriver({ maxItems: 10_000 }));
  if (options.redis) store = store.useL2Layer(redisDriver({ connection }));
  const cache = new BentoCache({ default: 'only', ttl: ttlMs, stores: { only: store } });
  return {
    name: options.redis ? 'bentocache, Redis' : 'bentocache, memory',
    get: (key) => cache.get({ key }),
    set: (key, value) => cache.set({ key, value }),
    getOrSet: (key, factory) => cache.getOrSet({ key, factory }),
    close: async () => {
      await cache.disconnectAll();
      connection.disconnect();
    },
  };
}

export function cacheable(port: number, options: { memory?: boolean } = {}): Peer {
  const cache = options.memory
    ? new Cacheable({ ttl: ttlMs })
    : new Cacheable({ primary: new Keyv({ store: new KeyvRedis(`redis://127.0.0.1:${port}`) }), ttl: ttlMs });
  cache.on('error', () => undefined);
  return {
    name: options.memory ? 'cacheable, memory' : 'cacheable, Redis',
    get: (key) => cache.get(key),
    set: (key, value) => cache.set(key, value),
    getOrSet: (key, load) => cache.getOrSet(key, load),
    close: () => cache.disconnect(),
  };
}
