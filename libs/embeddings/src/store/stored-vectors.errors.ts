/** Redis did not confirm it. Vectors by id have no other place. */
export class StoredVectorsUnavailableError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = StoredVectorsUnavailableError.name;
  }
}

/** The tenant holds as many bytes of vectors as it may. */
export class StoredVectorsFullError extends Error {
  constructor(heldBytes: number, heldVectors: number, maxBytes: number) {
    super(
      `${heldVectors} vectors with ${heldBytes} bytes are stored, and ${maxBytes} bytes may be ` +
        '(EMBEDDINGS_STORE_MAX_BYTES). Delete vectors by id, or wait until some expire.',
    );
    this.name = StoredVectorsFullError.name;
  }
}

/** Another program stored bytes that are no vector. */
export class StoredVectorUnreadableError extends Error {
  constructor(bytes: number) {
    super(
      `There are ${bytes} bytes under this id that are not finite little-endian float32s. Put a vector in their place, or delete it.`,
    );
    this.name = StoredVectorUnreadableError.name;
  }
}
