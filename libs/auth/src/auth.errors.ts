/** No key, or one that is not known. Says no more than that. */
export class UnauthenticatedError extends Error {
  constructor(reason: 'missing' | 'unknown') {
    super(
      reason === 'missing'
        ? 'An API key is needed: Authorization: Bearer … or X-API-Key'
        : 'The API key is not known here',
    );
    this.name = UnauthenticatedError.name;
  }
}

/** Known, but not allowed to. */
export class ForbiddenError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = ForbiddenError.name;
  }
}
