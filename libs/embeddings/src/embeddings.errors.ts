import { DomainError, type FieldFault } from '@app/errors';

/** No provider can serve the request. */
export class EmbeddingsRequestError extends DomainError {
  readonly code: string;
  readonly status: number;
  readonly title: string;
  override readonly errors: readonly FieldFault[];

  constructor(
    message: string,
    field: 'model' | 'dimensions' | 'input',
    override readonly openAiCode: 'model_not_found' | 'invalid_value',
  ) {
    super(message);
    const isUnknownModel = openAiCode === 'model_not_found';
    this.code = isUnknownModel ? 'model-not-found' : 'invalid-request';
    this.status = isUnknownModel ? 404 : 400;
    this.title = isUnknownModel ? 'Model not found' : 'Invalid request';
    this.errors = [{ field, message }];
  }
}

/** A provider returned vectors that cannot be stored or served. */
export class InvalidEmbeddingsError extends DomainError {
  readonly code = 'upstream-invalid';
  readonly status = 502;
  readonly title = 'Invalid upstream response';

  constructor(detail: string) {
    super(`The upstream's embeddings are unusable: ${detail}`);
  }
}

/** The queue of the local model is too long to respond in reasonable time. */
export class EmbeddingsOverloadedError extends DomainError {
  readonly code = 'overloaded';
  readonly status = 503;
  readonly title = 'Server overloaded';

  constructor(override readonly retryAfterSeconds: number) {
    super('Too many texts are waiting for the local model. Try again.');
  }
}
