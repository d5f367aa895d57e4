import { Injectable } from '@nestjs/common';
import {
  type CacheResult,
  CacheService,
  defineNamespace,
  type GetOrLoadOptions,
  type Namespace,
  sizedFloat32Codec,
} from '@app/cache';
import { MarqueeConfig } from '@app/config';
import { type EmbeddingInput, hashOf } from './embedding-input.js';

export const EMBEDDING_TTL_SECONDS = 604_800;
/** Embeddings do not change. Local copies expire anyway, so that a purge reaches every process even without invalidation. */
const LOCAL_TTL_SECONDS = 300;

/** The vectors of a model, shortened to `dimensions` if that is not the model's default. */
export interface VectorSpace {
  readonly model: string;
  readonly dimensions: number;
  readonly shortened: boolean;
}

/** A text or token array, and the space of its vector. */
export interface VectorInput {
  readonly space: VectorSpace;
  readonly input: EmbeddingInput;
}

/** Creates the vectors of these inputs, in order. */
export type CreateVectors = (inputs: readonly EmbeddingInput[]) => Promise<readonly Float32Array[]>;

/** Caches vectors in `{env}:emb:{model}:{hashOf(input)}` as big-endian float32 for seven days. */
@Injectable()
export class EmbeddingsRepository {
  private readonly namespace: Namespace<VectorInput, Float32Array>;

  constructor(
    private readonly cache: CacheService,
    private readonly config: MarqueeConfig,
  ) {
    const { localBytes } = config.cache;
    this.namespace = defineNamespace({
      name: 'embedding',
      prefix: 'emb',
      keyOf: ({ space, input }: VectorInput) => [modelPart(space), hashOf(input)],
      codec: sizedFloat32Codec(({ space }: VectorInput) => space.dimensions),
      ttlSeconds: EMBEDDING_TTL_SECONDS,
      // Other programs rely on the exact TTL.
      jitter: 0,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
      // The upstream can return slightly different vectors for the same text.
      firstWriteWins: true,
    });
  }

  /** Returns one vector for each input, in order: the cached one, or what `create` returns. */
  async getOrCreate(
    space: VectorSpace,
    inputs: readonly EmbeddingInput[],
    create: CreateVectors,
    options: GetOrLoadOptions,
  ): Promise<CacheResult<Float32Array>[]> {
    return this.cache.getOrLoad(
      this.namespace,
      inputs.map((input) => ({ space, input })),
      (missing) => create(missing.map(({ input }) => input.input)),
      options,
    );
  }

  /** Adds tokens that creating vectors has cost to the savings statistics. */
  recordTokens(tokens: number): void {
    const usd = (tokens / 1e6) * this.config.embeddings.usdPerMillionTokens;
    this.cache.recordCost(this.namespace, { tokens, usd });
  }
}

const modelPart = ({ model, dimensions, shortened }: VectorSpace): string =>
  shortened ? `${model}@${dimensions}` : model;
