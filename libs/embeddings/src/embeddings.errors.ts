/** A request that no provider can serve. `param` names the field, `code` is OpenAI's where it has one. */
export class EmbeddingsRequestError extends Error {
  constructor(
    message: string,
    readonly param: 'model' | 'dimensions' | 'input',
    readonly code: 'model_not_found' | 'invalid_value',
  ) {
    super(message);
    this.name = EmbeddingsRequestError.name;
  }
}

/** A provider answered with vectors that cannot be stored or served. */
export class InvalidEmbeddingsError extends Error {
  constructor(detail: string) {
    super(`The upstream's embeddings are unusable: ${detail}`);
    this.name = InvalidEmbeddingsError.name;
  }
}

/** The local model has more waiting than it could answer in decent time. */
export class EmbeddingsOverloadedError extends Error {
  constructor(readonly retryAfterSeconds: number) {
    super('The local model has too many texts waiting');
    this.name = EmbeddingsOverloadedError.name;
  }
}
