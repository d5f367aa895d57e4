import type { EmbeddingInput } from './embedding-input.js';
import type { EmbeddingModel } from './embedding-model.js';

export interface ProviderRequest {
  readonly model: string;
  /** Inputs that `embeddable` returned. */
  readonly inputs: readonly EmbeddingInput[];
  /** Set only if the client requested fewer dimensions than the model's default. */
  readonly dimensions: number | undefined;
  /** The required dimensions of each vector; undefined until learned from an unknown model. */
  readonly expectedDimensions: number | undefined;
}

export interface ProviderResponse {
  /** One vector for each input, in order. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** Creates embeddings that are not cached. */
export interface EmbeddingsProvider {
  /** A human-readable description for the banner, logs and health checks. */
  readonly description: string;
  readonly models: readonly EmbeddingModel[];
  /** How the operator can serve other dimensions; undefined if only the client can change its request. */
  readonly otherDimensions: string | undefined;
  /** Returns the model that serves a requested model name, which may be a substitute. */
  resolve(requested: string): EmbeddingModel | undefined;
  /**
   * Returns the inputs in the form that is embedded and cached: providers that do not accept token arrays decode them to
   * text.
   *
   * @throws EmbeddingsRequestError for unknown tokens
   */
  embeddable(inputs: readonly EmbeddingInput[]): Promise<readonly EmbeddingInput[]>;
  /** @throws UpstreamError, InvalidEmbeddingsError or EmbeddingsOverloadedError */
  embed(request: ProviderRequest): Promise<ProviderResponse>;
}

export const EMBEDDINGS_PROVIDER = Symbol('EMBEDDINGS_PROVIDER');
