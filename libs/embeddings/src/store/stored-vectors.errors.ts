import { DomainError, type FieldFault, UnavailableError } from '@app/errors';

/** Redis did not confirm the operation. Embeddings stored by id exist only there. */
export class StoredVectorsUnavailableError extends UnavailableError {}

/** The tenant's stored embeddings have used up its quota in bytes. */
export class StoredVectorsFullError extends DomainError {
  readonly code = 'embedding-store-full';
  readonly status = 413;
  readonly title = 'Embedding storage quota exceeded';
  override readonly errors: readonly FieldFault[];

  constructor(heldBytes: number, heldVectors: number, maxBytes: number) {
    const message =
      `${heldVectors} vectors with ${heldBytes} bytes are stored, and at most ${maxBytes} bytes are allowed ` +
      '(EMBEDDINGS_STORE_MAX_BYTES). Delete vectors by id, or wait until some expire.';
    super(message);
    this.errors = [{ field: 'embedding', message }];
  }
}

/** Another program stored bytes that are not a vector. */
export class StoredVectorUnreadableError extends DomainError {
  readonly code = 'embedding-unreadable';
  readonly status = 409;
  readonly title = 'Stored value is not an embedding';

  constructor(bytes: number) {
    super(
      `The ${bytes} bytes stored under this id are not finite little-endian float32 numbers. Overwrite or delete them.`,
    );
  }
}
