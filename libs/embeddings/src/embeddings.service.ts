import { Inject, Injectable } from '@nestjs/common';
import type { RedisBudget } from '@app/redis';
import type { EmbeddingModel } from './embedding-model.js';
import { EMBEDDINGS_PROVIDER, type EmbeddingsProvider } from './embeddings-provider.js';
import { EmbeddingsRequestError, InvalidEmbeddingsError } from './embeddings.errors.js';
import { EmbeddingsRepository, type VectorSpace } from './embeddings.repository.js';
import { isFinite } from './embedding-vector.js';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly texts: readonly string[];
  readonly dimensions: number | undefined;
}

export interface Embeddings {
  /** The model that made them. */
  readonly model: string;
  /** One a text, in the request's order. */
  readonly vectors: readonly Float32Array[];
  /** Tokens that were embedded for this request; texts from the cache cost none. */
  readonly promptTokens: number;
  readonly cache: {
    readonly hits: number;
    readonly misses: number;
    /** False when Redis did not answer for all of them. */
    readonly redisAnswered: boolean;
    readonly stored: boolean;
  };
}

/** Answers texts with vectors: from Redis where it has them, from the provider otherwise. */
@Injectable()
export class EmbeddingsService {
  /** Dimensions that upstream models have shown, where neither we nor the configuration knew them. */
  private readonly shownDimensions = new Map<string, number>();

  constructor(
    @Inject(EMBEDDINGS_PROVIDER) private readonly provider: EmbeddingsProvider,
    private readonly repository: EmbeddingsRepository,
  ) {}

  get models(): readonly EmbeddingModel[] {
    return this.provider.models;
  }

  get providerDescription(): string {
    return this.provider.description;
  }

  /**
   * @throws EmbeddingsRequestError for a model or dimensions that are not served, and whatever the provider throws
   */
  async embed(budget: RedisBudget, request: EmbeddingsRequest): Promise<Embeddings> {
    const space = this.vectorSpace(request);
    const texts = [...new Set(request.texts)];
    const found = await this.repository.findMany(budget, space, texts);
    const missing = texts.flatMap((_, position) => (found.vectors[position] ? [] : [position]));
    let promptTokens = 0;
    let stored = false;
    if (missing.length > 0) {
      const answer = await this.provider.embed({
        model: space.model,
        texts: missing.map((position) => texts[position] as string),
        dimensions: space.shortened ? space.expectedDimensions : undefined,
      });
      const dimensions = this.check(space, missing.length, answer.vectors);
      missing.forEach((position, index) => {
        found.vectors[position] = answer.vectors[index];
      });
      promptTokens = answer.promptTokens;
      stored = await this.repository.saveMany(
        budget,
        { ...space, expectedDimensions: dimensions },
        missing.map((position) => ({
          text: texts[position] as string,
          vector: found.vectors[position] as Float32Array,
          replace: found.broken.has(position),
        })),
      );
    }
    const byText = new Map(texts.map((text, position) => [text, found.vectors[position] as Float32Array]));
    return {
      model: space.model,
      vectors: request.texts.map((text) => byText.get(text) as Float32Array),
      promptTokens,
      cache: {
        hits: texts.length - missing.length,
        misses: missing.length,
        redisAnswered: found.complete,
        stored,
      },
    };
  }

  private vectorSpace({ model: requested, dimensions }: EmbeddingsRequest): VectorSpace {
    const model = this.provider.resolve(requested);
    if (!model) {
      const served = this.provider.models.map(({ id }) => id).join(', ');
      throw new EmbeddingsRequestError(
        `The model "${requested}" is not served here. Served: ${served}.`,
        'model',
        'model_not_found',
      );
    }
    const byDefault = model.dimensions ?? this.shownDimensions.get(model.id);
    if (dimensions === undefined || dimensions === byDefault) {
      return { model: model.id, expectedDimensions: byDefault, shortened: false };
    }
    if (!model.canShorten) {
      throw new EmbeddingsRequestError(
        `The model "${model.id}" has ${byDefault} dimensions and does not support "dimensions".`,
        'dimensions',
        'invalid_value',
      );
    }
    if (byDefault !== undefined && dimensions > byDefault) {
      throw new EmbeddingsRequestError(
        `"dimensions" must be at most ${byDefault} for the model "${model.id}", not ${dimensions}.`,
        'dimensions',
        'invalid_value',
      );
    }
    return { model: model.id, expectedDimensions: dimensions, shortened: true };
  }

  /** Nothing is stored before every vector is known to be whole. Answers the dimensions. */
  private check(space: VectorSpace, count: number, vectors: readonly Float32Array[]): number {
    if (vectors.length !== count)
      throw new InvalidEmbeddingsError(`${vectors.length} vectors for ${count} texts`);
    const expected = space.expectedDimensions ?? vectors[0]?.length ?? 0;
    for (const vector of vectors) {
      if (vector.length !== expected || expected === 0) {
        throw new InvalidEmbeddingsError(
          `${vector.length} dimensions where "${space.model}" has ${expected} (EMBEDDINGS_DIMENSIONS sets it)`,
        );
      }
      if (!isFinite(vector)) throw new InvalidEmbeddingsError('a vector holds a number that is not finite');
    }
    if (!space.shortened) this.shownDimensions.set(space.model, expected);
    return expected;
  }
}
