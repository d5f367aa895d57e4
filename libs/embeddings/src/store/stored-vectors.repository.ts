import { Injectable } from '@nestjs/common';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, type Outcome, type RedisBudget, RedisClient, shared } from '@app/redis';
import { decodeStoredVector, encodeStoredVector } from './stored-vector.js';
import {
  StoredVectorsFullError,
  StoredVectorsUnavailableError,
  StoredVectorUnreadableError,
} from './stored-vectors.errors.js';

const reserve = loadScript('reserve-2', new URL('../scripts/reserve-2.lua', import.meta.url));
const release = loadScript('release-2', new URL('../scripts/release-2.lua', import.meta.url));

export const STORED_VECTOR_TTL_SECONDS = 3_600;
/** Memory for a key and its entry in the tenant's account, in addition to the vector. */
const overheadBytes = 256;

export interface StoredVector {
  readonly vector: Float32Array;
  /** Infinity if another program stored the vector without a TTL. */
  readonly ttlMs: number;
}

/**
 * Stores vectors by id in `{env}:embedding:{id}` as float32 in NumPy's byte order, each with its own TTL. For tenants other
 * than `default`, the id is prefixed: `{tenant}/{id}`. `{env}:tenant:{tenant}:embeddings` accounts for the bytes of a tenant;
 * vectors that other programs store are not counted. Like all keys of the cache target, vectors can be evicted early.
 */
@Injectable()
export class StoredVectorsRepository {
  private readonly maxBytes: number;

  constructor(
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    this.maxBytes = config.embeddings.storeMaxBytes;
    redis.register(reserve);
    redis.register(release);
  }

  /** Stores or replaces a vector. @throws StoredVectorsFullError, StoredVectorsUnavailableError */
  async put(
    budget: RedisBudget,
    tenant: string,
    id: string,
    vector: Float32Array,
    ttlSeconds: number,
  ): Promise<void> {
    const notStored = 'Redis did not confirm the write. Store the vector again.';
    const bytes = encodeStoredVector(vector);
    const ttlMs = ttlSeconds * 1000;
    // Reserved first, so that every stored vector is counted. A reservation without a vector expires with its TTL.
    const call = {
      keys: this.listKeys(tenant),
      args: [id, bytes.length + overheadBytes, ttlMs, this.maxBytes],
    };
    const [state, heldBytes, heldVectors] = confirmed(
      await this.redis.run(budget, reserve, call),
      notStored,
    ) as [Buffer, number, number];
    if (state.toString() === 'full') throw new StoredVectorsFullError(heldBytes, heldVectors, this.maxBytes);
    confirmed(await this.redis.command(budget, 'SET', this.key(tenant, id), bytes, 'PX', ttlMs), notStored);
  }

  /** Returns a vector, or undefined if there is none. @throws StoredVectorUnreadableError, StoredVectorsUnavailableError */
  async get(budget: RedisBudget, tenant: string, id: string): Promise<StoredVector | undefined> {
    const notRead = 'Redis did not respond. Try again.';
    const [entry] = confirmed(await this.redis.getManyWithTtl(budget, [this.key(tenant, id)]), notRead);
    if (entry === undefined) throw new StoredVectorsUnavailableError(notRead);
    if (entry === null) return undefined;
    const vector = decodeStoredVector(entry.bytes);
    if (!vector) throw new StoredVectorUnreadableError(entry.bytes.length);
    return { vector, ttlMs: entry.ttlMs };
  }

  /** Deletes a vector. Returns false if there was none. @throws StoredVectorsUnavailableError */
  async delete(budget: RedisBudget, tenant: string, id: string): Promise<boolean> {
    const notDeleted = 'Redis did not confirm the deletion. Delete it again.';
    const deleted = confirmed(await this.redis.delete(budget, [this.key(tenant, id)]), notDeleted);
    confirmed(await this.redis.run(budget, release, { keys: this.listKeys(tenant), args: [id] }), notDeleted);
    return deleted > 0;
  }

  private key(tenant: string, id: string): string {
    return this.redis.keys.key('embedding', tenant === 'default' ? id : `${tenant}/${id}`);
  }

  private listKeys(tenant: string): [string, string] {
    const list = (...parts: string[]): string =>
      this.redis.keys.key('tenant', shared(tenant), 'embeddings', ...parts);
    return [list(), list('bytes')];
  }
}

function confirmed<T>(outcome: Outcome<T>, message: string): T {
  if (outcome.status === 'ok') return outcome.value;
  throw new StoredVectorsUnavailableError(message);
}
