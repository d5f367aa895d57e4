import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { InjectRedis, loadScript, type RedisBudget, RedisClient } from '@app/redis';
import { decodeVector, encodeVector } from './embedding-vector.js';

export const EMBEDDING_TTL_SECONDS = 604_800;

/** Keys a round trip: 800 kB of vectors, and larger replies would hold up whatever shares the connection. */
const keysPerRoundTrip = 128;

const keepFirstVector = loadScript(
  'keep-first-vector-1',
  new URL('./scripts/keep-first-vector-1.lua', import.meta.url),
);

/** Names the vectors of a model, shortened to `dimensions` where that is not its default. */
export interface VectorSpace {
  readonly model: string;
  /** What each vector must have; undefined while an upstream model has not shown it. */
  readonly expectedDimensions: number | undefined;
  readonly shortened: boolean;
}

export interface FoundVectors {
  /** One a text, in order; undefined is a miss. */
  readonly vectors: (Float32Array | undefined)[];
  /** Positions whose stored value cannot be used and must be replaced. */
  readonly broken: ReadonlySet<number>;
  /** False when Redis could not be asked for all of them. */
  readonly complete: boolean;
}

/** Vectors in Redis: `{env}:emb:{model}:{SHA-256 of the text}`, big-endian float32, seven days. */
@Injectable()
export class EmbeddingsRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {
    redis.register(keepFirstVector);
  }

  async findMany(budget: RedisBudget, space: VectorSpace, texts: readonly string[]): Promise<FoundVectors> {
    const vectors = new Array<Float32Array | undefined>(texts.length);
    const broken = new Set<number>();
    const { expectedDimensions } = space;
    if (expectedDimensions === undefined) return { vectors, broken, complete: false };
    let complete = true;
    for (let start = 0; start < texts.length; start += keysPerRoundTrip) {
      const keys = texts.slice(start, start + keysPerRoundTrip).map((text) => this.key(space, text));
      const outcome = await this.redis.getMany(budget, keys);
      if (outcome.status !== 'ok') return { vectors, broken, complete: false };
      budget.renew();
      outcome.value.forEach((bytes, offset) => {
        if (bytes === undefined) complete = false;
        if (!bytes) return;
        const vector = decodeVector(bytes, expectedDimensions);
        if (vector) vectors[start + offset] = vector;
        else broken.add(start + offset);
      });
    }
    return { vectors, broken, complete };
  }

  /** Stores each vector unless another writer was first. True when Redis took or had them all. */
  async saveMany(
    budget: RedisBudget,
    space: VectorSpace,
    entries: readonly { text: string; vector: Float32Array; replace: boolean }[],
  ): Promise<boolean> {
    for (let start = 0; start < entries.length; start += keysPerRoundTrip) {
      const calls = entries.slice(start, start + keysPerRoundTrip).map(({ text, vector, replace }) => ({
        keys: [this.key(space, text)],
        args: [encodeVector(vector), EMBEDDING_TTL_SECONDS, replace ? '1' : '0'],
      }));
      const outcome = await this.redis.runMany(budget, keepFirstVector, calls);
      if (outcome.status !== 'ok' || outcome.value.some(({ status }) => status !== 'ok')) return false;
      budget.renew();
    }
    return true;
  }

  private key({ model, expectedDimensions, shortened }: VectorSpace, text: string): string {
    const hash = createHash('sha256').update(text, 'utf8').digest('hex');
    return this.redis.keys.key('emb', shortened ? `${model}@${expectedDimensions}` : model, hash);
  }
}
