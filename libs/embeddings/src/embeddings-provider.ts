import type { EmbeddingModel } from './embedding-model.js';

export interface ProviderRequest {
  readonly model: string;
  readonly texts: readonly string[];
  /** Set only where the client asked for other than the model's default. */
  readonly dimensions: number | undefined;
}

export interface ProviderAnswer {
  /** One a text, in order. */
  readonly vectors: readonly Float32Array[];
  readonly promptTokens: number;
}

/** Where embeddings come from when the cache has none. */
export interface EmbeddingsProvider {
  /** For people: banner, logs, health. */
  readonly description: string;
  readonly models: readonly EmbeddingModel[];
  /** Finds the model that serves a requested name: itself, or one it stands in for. */
  resolve(requested: string): EmbeddingModel | undefined;
  /** @throws UpstreamError, InvalidEmbeddingsError or EmbeddingsOverloadedError */
  embed(request: ProviderRequest): Promise<ProviderAnswer>;
}

export const EMBEDDINGS_PROVIDER = Symbol('EMBEDDINGS_PROVIDER');
