import { Inject, Injectable } from '@nestjs/common';
import { type CacheResult, isFiniteVector } from '@app/cache';
import type { RedisBudget } from '@app/redis';
import type { EmbeddingInput } from './embedding-input.js';
import type { EmbeddingModel } from './embedding-model.js';
import { EMBEDDINGS_PROVIDER, type EmbeddingsProvider, type ProviderAnswer } from './embeddings-provider.js';
import { EmbeddingsRequestError, InvalidEmbeddingsError } from './embeddings.errors.js';
import { EmbeddingsRepository, type VectorSpace } from './embeddings.repository.js';

export interface EmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly EmbeddingInput[];
  readonly dimensions: number | undefined;
  /** Make the vectors again, cached or not. */
  readonly refresh?: boolean;
}

export interface Embeddings {
  /** The model that made them. */
  readonly model: string;
  /** One an input, in the request's order. */
  readonly vectors: readonly Float32Array[];
  /** Tokens that were embedded for this request; vectors from the cache cost none. */
  readonly promptTokens: number;
  /** How each lookup ended. */
  readonly cached: readonly CacheResult<Float32Array>[];
}

/** What a request asks for; `dimensions` is unknown until a model that we do not know has shown its vectors. */
type RequestedSpace = Omit<VectorSpace, 'dimensions'> & { readonly dimensions: number | undefined };

/** Embeds texts and token arrays: from the cache where it has their vectors, by the provider otherwise. */
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
   * Returns one vector an input.
   *
   * @throws EmbeddingsRequestError for a model, dimensions or tokens that are not served, and what the provider throws
   */
  async embed(budget: RedisBudget, request: EmbeddingsRequest): Promise<Embeddings> {
    const requested = this.requestedSpace(request);
    const inputs = await this.provider.embeddable(request.inputs);
    let promptTokens = 0;
    const make = async (part: readonly EmbeddingInput[]): Promise<readonly Float32Array[]> => {
      const answer = await this.ask(requested, part);
      promptTokens += answer.promptTokens;
      this.repository.recordTokens(answer.promptTokens);
      return answer.vectors;
    };
    const space = {
      ...requested,
      dimensions: requested.dimensions ?? (await this.learnDimensions(inputs, make)),
    };
    const cached = await this.repository.getOrCreate(space, inputs, make, {
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

  private requestedSpace({ model: requested, dimensions }: EmbeddingsRequest): RequestedSpace {
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
      return { model: model.id, dimensions: byDefault, shortened: false };
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
        this.tooManyDimensions(requested, model, dimensions),
        'dimensions',
        'invalid_value',
      );
    }
    return { model: model.id, dimensions, shortened: true };
  }

  /** Says what is served, for a client that sees only its own settings, and how to get what it asks for. */
  private tooManyDimensions(
    requested: string,
    { id, dimensions: served }: EmbeddingModel,
    asked: number,
  ): string {
    const standIn = id === requested ? '' : ` stands in for "${requested}" here and`;
    const { otherDimensions } = this.provider;
    return [
      `The model "${id}"${standIn} has ${served} dimensions: "dimensions" must be at most ${served}, not ${asked}.`,
      `Leave "dimensions" out or lower it${otherDimensions ? `; ${otherDimensions}` : ''}.`,
    ].join(' ');
  }

  /** One input shows what a stored vector of an unknown model must look like; until then none can be trusted. */
  private async learnDimensions(
    inputs: readonly EmbeddingInput[],
    make: (inputs: readonly EmbeddingInput[]) => Promise<readonly Float32Array[]>,
  ): Promise<number> {
    const [vector] = await make(inputs.slice(0, 1));
    return (vector as Float32Array).length;
  }

  /** Nothing is stored before every vector is known to be whole. */
  private async ask(space: RequestedSpace, inputs: readonly EmbeddingInput[]): Promise<ProviderAnswer> {
    const { model, shortened } = space;
    const expectedDimensions = space.dimensions ?? this.shownDimensions.get(model);
    const answer = await this.provider.embed({
      model,
      inputs,
      dimensions: shortened ? space.dimensions : undefined,
      expectedDimensions,
    });
    const { vectors } = answer;
    if (vectors.length !== inputs.length) {
      throw new InvalidEmbeddingsError(`${vectors.length} vectors for ${inputs.length} inputs`);
    }
    const expected = expectedDimensions ?? vectors[0]?.length ?? 0;
    for (const vector of vectors) {
      if (vector.length !== expected || expected === 0) {
        throw new InvalidEmbeddingsError(
          `${vector.length} dimensions where "${model}" has ${expected} (EMBEDDINGS_DIMENSIONS sets it)`,
        );
      }
      if (!isFiniteVector(vector))
        throw new InvalidEmbeddingsError('a vector holds a number that is not finite');
    }
    if (!shortened) this.shownDimensions.set(model, expected);
    return answer;
  }
}
