import { DomainError } from '@app/errors';

export class StoredEmbeddingNotFoundError extends DomainError {
  readonly code = 'embedding-not-found';
  readonly status = 404;
  readonly title = 'Embedding not found';

  constructor() {
    super('There is no stored embedding with this id.');
  }
}
