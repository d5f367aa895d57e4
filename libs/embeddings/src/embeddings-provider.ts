import type { EmbeddingInput } from './embedding-input.js';
import type { EmbeddingModel } from './embedding-model.js';

export interface ProviderRequest {
  readonly model: string;
  /** As `embeddable` returned them. */
  readonly inputs: readonly EmbeddingInput[];
  /** Set only where the client asked for other than the model's default. */
  readonly dimensions: number | undefined;
  /** What each vector must have; undefined until a model that we do not know has shown it. */
  readonly expectedDimensions: number | undefined;
}

export interface ProviderAnswer {
  /** One an input, in order. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** Where embeddings come from when the cache has none. */
export interface EmbeddingsProvider {
  /** For people: banner, logs, health. */
  readonly description: string;
  readonly models: readonly EmbeddingModel[];
  /** How an operator gets dimensions that these models do not have; undefined where the client's request is at fault. */
  readonly otherDimensions: string | undefined;
  /** Finds the model that serves a requested name: itself, or one it stands in for. */
  resolve(requested: string): EmbeddingModel | undefined;
  /**
   * Returns what is embedded, and cached, for these inputs: token arrays as they are where the provider takes them, the
   * text that they stand for where it does not.
   *
   * @throws EmbeddingsRequestError for tokens that stand for nothing
   */
  embeddable(inputs: readonly EmbeddingInput[]): Promise<readonly EmbeddingInput[]>;
  /** @throws UpstreamError, InvalidEmbeddingsError or EmbeddingsOverloadedError */
  embed(request: ProviderRequest): Promise<ProviderAnswer>;
}

export const EMBEDDINGS_PROVIDER = Symbol('EMBEDDINGS_PROVIDER');
