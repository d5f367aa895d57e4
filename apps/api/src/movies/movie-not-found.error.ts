import { DomainError } from '@app/errors';

export class MovieNotFoundError extends DomainError {
  readonly code = 'movie-not-found';
  readonly status = 404;
  readonly title = 'Movie not found';

  constructor(id: number) {
    super(`There is no movie with the id ${id}.`);
  }
}
