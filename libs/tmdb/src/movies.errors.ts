import { DomainError } from '@app/errors';

/** TMDB's response does not match its documentation. */
export class InvalidMovieError extends DomainError {
  readonly code = 'upstream-invalid';
  readonly status = 502;
  readonly title = 'Invalid upstream response';

  constructor(detail: string) {
    super(`TMDB: ${detail}`);
  }
}
