import { Injectable } from '@nestjs/common';
import { CacheService, type CacheAnswer, defineNamespace, float32Codec, type Namespace } from '@app/cache';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import { type EmbeddingInput, hashOf } from './embedding-input.js';

export const EMBEDDING_TTL_SECONDS = 604_800;
/** An embedding does not change: a copy is short-lived only so that a purge reaches every process. */
const LOCAL_TTL_SECONDS = 300;

/** Names the vectors of a model, shortened to `dimensions` where that is not its default. */
export interface VectorSpace {
  readonly model: string;
  readonly dimensions: number;
  readonly shortened: boolean;
}

/** Makes the vectors of the inputs at these positions, in order. */
export type MakeVectors = (positions: readonly number[]) => Promise<readonly Float32Array[]>;

/** Vectors in the cache: `{env}:emb:{model}:{hashOf(input)}`, big-endian float32, seven days. */
@Injectable()
export class EmbeddingsRepository {
  private readonly namespaces = new Map<number, Namespace<Float32Array>>();

  constructor(
    private readonly cache: CacheService,
    private readonly config: MarqueeConfig,
  ) {}

  /** Returns one vector an input, in order: what is cached, and `make`'s for the rest. */
  async getOrMake(
    budget: RedisBudget,
    space: VectorSpace,
    inputs: readonly EmbeddingInput[],
    make: MakeVectors,
    refresh = false,
  ): Promise<CacheAnswer<Float32Array>[]> {
    const parts = inputs.map((input) => this.parts(space, input));
    return this.cache.getOrSetMany(this.namespaceOf(space), parts, make, { budget, refresh });
  }

  /** Counts tokens that making vectors has cost, for the savings ledger. */
  spent(tokens: number): void {
    this.cache.spent('embedding', tokens, (tokens / 1e6) * this.config.embeddings.usdPerMillionTokens);
  }

  private parts({ model, dimensions, shortened }: VectorSpace, input: EmbeddingInput): readonly string[] {
    return [shortened ? `${model}@${dimensions}` : model, hashOf(input)];
  }

  private namespaceOf({ dimensions }: VectorSpace): Namespace<Float32Array> {
    let namespace = this.namespaces.get(dimensions);
    if (!namespace) {
      const { localBytes } = this.config.cache;
      namespace = defineNamespace({
        name: 'embedding',
        codec: float32Codec(dimensions),
        ttlSeconds: EMBEDDING_TTL_SECONDS,
        // Other programs count on the seven days.
        jitter: 0,
        localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
        localBytes,
        // The same text can embed slightly differently upstream.
        firstWriteWins: true,
        keyParts: (parts) => ['emb', ...parts],
      });
      this.namespaces.set(dimensions, namespace);
    }
    return namespace;
  }
}
