export class StoredEmbeddingNotFoundError extends Error {
  constructor() {
    super('There is no vector with this id');
    this.name = StoredEmbeddingNotFoundError.name;
  }
}
