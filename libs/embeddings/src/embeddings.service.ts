import { Inject, Injectable } from '@nestjs/common';
import { type CacheResult, isFiniteVector } from '@app/cache';
import type { RedisBudget } from '@app/redis';
import type { EmbeddingInput } from './embedding-input.js';
import type { EmbeddingModel } from './embedding-model.js';
import {
  EMBEDDINGS_PROVIDER,
  type EmbeddingsProvider,
  type ProviderResponse,
} from './embeddings-provider.js';
import { EmbeddingsRequestError, InvalidEmbeddingsError } from './embeddings.errors.js';
import { EmbeddingsRepository, type VectorSpace } from './embeddings.repository.js';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly EmbeddingInput[];
  readonly dimensions: number | undefined;
  /** Creates new vectors even if they are cached. */
  readonly refresh?: boolean;
}

export interface Embeddings {
  /** The model that created the vectors. */
  readonly model: string;
  /** One vector for each input, in the order of the request. */
  readonly vectors: readonly Float32Array[];
  /** Tokens that were embedded for this request; cached vectors cost none. */
  readonly promptTokens: number;
  /** The cache result of each input. */
  readonly cached: readonly CacheResult<Float32Array>[];
}

/** The requested vectors. `dimensions` is undefined until learned from an unknown model. */
type RequestedSpace = Omit<VectorSpace, 'dimensions'> & { readonly dimensions: number | undefined };

/** Embeds texts and token arrays, with vectors from the cache or, if missing, from the provider. */
@Injectable()
export class EmbeddingsService {
  /** Dimensions learned from responses, for models with neither known nor configured dimensions. */
  private readonly learnedDimensions = new Map<string, number>();

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
   * Returns one vector for each input.
   *
   * @throws EmbeddingsRequestError for an unsupported model, dimensions or token, and the errors of the provider
   */
  async embed(budget: RedisBudget, request: EmbeddingsRequest): Promise<Embeddings> {
    const requested = this.requestedSpace(request);
    const inputs = await this.provider.embeddable(request.inputs);
    let promptTokens = 0;
    const create = async (part: readonly EmbeddingInput[]): Promise<readonly Float32Array[]> => {
      const response = await this.requestVectors(requested, part);
      promptTokens += response.promptTokens;
      this.repository.recordTokens(response.promptTokens);
      return response.vectors;
    };
    const space = {
      ...requested,
      dimensions: requested.dimensions ?? (await this.learnDimensions(inputs, create)),
    };
    const cached = await this.repository.getOrCreate(space, inputs, create, {
      budget,
      refresh: request.refresh,
    });
    return {
      model: space.model,
      vectors: cached.map(({ value }) => value as Float32Array),
      promptTokens,
      cached,
    };
  }

  /**
   * Returns one vector for each text, in the default model, without caching them: for callers that store the vectors
   * themselves.
   *
   * @throws the errors of the provider
   */
  async create(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const [model] = this.provider.models;
    const requested = this.requestedSpace({ model: model?.id ?? '', inputs: texts, dimensions: undefined });
    const { vectors, promptTokens } = await this.requestVectors(
      requested,
      await this.provider.embeddable(texts),
    );
    this.repository.recordTokens(promptTokens);
    return vectors;
  }

  private requestedSpace({ model: requested, dimensions }: EmbeddingsRequest): RequestedSpace {
    const model = this.provider.resolve(requested);
    if (!model) {
      const served = this.provider.models.map(({ id }) => id).join(', ');
      throw new EmbeddingsRequestError(
        `The model "${requested}" is not available. Available models: ${served}.`,
        'model',
        'model_not_found',
      );
    }
    const defaultDimensions = model.dimensions ?? this.learnedDimensions.get(model.id);
    if (dimensions === undefined || dimensions === defaultDimensions) {
      return { model: model.id, dimensions: defaultDimensions, shortened: false };
    }
    if (!model.canShorten) {
      throw new EmbeddingsRequestError(
        `The model "${model.id}" has ${defaultDimensions} dimensions and does not support "dimensions".`,
        'dimensions',
        'invalid_value',
      );
    }
    if (defaultDimensions !== undefined && dimensions > defaultDimensions) {
      throw new EmbeddingsRequestError(
        this.tooManyDimensions(requested, model, dimensions),
        'dimensions',
        'invalid_value',
      );
    }
    return { model: model.id, dimensions, shortened: true };
  }

  /** Explains which dimensions are available and how to get others, to clients that do not see the configuration. */
  private tooManyDimensions(
    requested: string,
    { id, dimensions: served }: EmbeddingModel,
    dimensions: number,
  ): string {
    const standIn = id === requested ? '' : `, which replaces "${requested}",`;
    const { otherDimensions } = this.provider;
    return [
      `The model "${id}"${standIn} has ${served} dimensions: "dimensions" must be at most ${served}, not ${dimensions}.`,
      `Leave "dimensions" out or lower it${otherDimensions ? `; ${otherDimensions}` : ''}.`,
    ].join(' ');
  }

  /** Embeds one input to learn the dimensions of an unknown model, without which cached vectors cannot be verified. */
  private async learnDimensions(
    inputs: readonly EmbeddingInput[],
    create: (inputs: readonly EmbeddingInput[]) => Promise<readonly Float32Array[]>,
  ): Promise<number> {
    const [vector] = await create(inputs.slice(0, 1));
    return (vector as Float32Array).length;
  }

  /** Requests vectors and verifies all of them before any is cached. */
  private async requestVectors(
    space: RequestedSpace,
    inputs: readonly EmbeddingInput[],
  ): Promise<ProviderResponse> {
    const { model, shortened } = space;
    const expectedDimensions = space.dimensions ?? this.learnedDimensions.get(model);
    const response = await this.provider.embed({
      model,
      inputs,
      dimensions: shortened ? space.dimensions : undefined,
      expectedDimensions,
    });
    const { vectors } = response;
    if (vectors.length !== inputs.length) {
      throw new InvalidEmbeddingsError(`${vectors.length} vectors for ${inputs.length} inputs`);
    }
    const expected = expectedDimensions ?? vectors[0]?.length ?? 0;
    for (const vector of vectors) {
      if (vector.length !== expected || expected === 0) {
        throw new InvalidEmbeddingsError(
          `a vector has ${vector.length} dimensions instead of the ${expected} of "${model}" (see EMBEDDINGS_DIMENSIONS)`,
        );
      }
      if (!isFiniteVector(vector))
        throw new InvalidEmbeddingsError('a vector contains a number that is not finite');
    }
    if (!shortened) this.learnedDimensions.set(model, expected);
    return response;
  }
}
