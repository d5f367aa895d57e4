import { DomainError } from '@app/errors';

/** The request has no API key, or an unknown one. The message reveals no more than that. */
export class UnauthenticatedError extends DomainError {
  readonly code = 'unauthenticated';
  readonly status = 401;
  readonly title = 'Authentication required';
  override readonly openAiCode = 'invalid_api_key';

  constructor(reason: 'missing' | 'unknown') {
    super(
      reason === 'missing'
        ? 'An API key is required. Send it as "Authorization: Bearer …" or "X-API-Key".'
        : 'The API key is not valid.',
    );
  }
}

/** The caller is authenticated but not allowed to do this. */
export class ForbiddenError extends DomainError {
  readonly code = 'forbidden';
  readonly status = 403;
  readonly title = 'Access denied';
}
