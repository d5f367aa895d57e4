export type { EmbeddingInput, TokenArray } from './embedding-input.js';
export type { EmbeddingModel } from './embedding-model.js';
export { vectorToBase64 } from './embedding-vector.js';
export {
  EmbeddingsOverloadedError,
  EmbeddingsRequestError,
  InvalidEmbeddingsError,
} from './embeddings.errors.js';
export { EmbeddingsModule } from './embeddings.module.js';
export { EmbeddingsRepository } from './embeddings.repository.js';
export {
  StoredVectorsFullError,
  StoredVectorsUnavailableError,
  StoredVectorUnreadableError,
} from './store/stored-vectors.errors.js';
export {
  STORED_VECTOR_TTL_SECONDS,
  type StoredVector,
  StoredVectorsRepository,
} from './store/stored-vectors.repository.js';
export { LocalEmbeddingsProvider } from './local/local-embeddings.provider.js';
export { type Embeddings, type EmbeddingsRequest, EmbeddingsService } from './embeddings.service.js';
