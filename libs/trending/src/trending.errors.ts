import { DomainError, type FieldFault, UnavailableError } from '@app/errors';

/** There is no trending set to show: none is known, and none can be loaded. */
export class TrendingUnavailableError extends UnavailableError {
  constructor(options?: ErrorOptions) {
    super('The trending movies are not known yet. Try again.', options);
  }
}

/** A replacement looks like a mistake. `force` overrides the check. */
export class TrendingRefusedError extends DomainError {
  readonly code: string;
  readonly status = 422;
  readonly title = 'Trending replacement refused';
  override readonly errors: readonly FieldFault[];

  constructor(
    readonly reason: 'empty' | 'shrunken',
    detail: string,
  ) {
    super(detail);
    this.code = `trending-${reason}`;
    this.errors = [{ field: 'ids', message: detail }];
  }
}

/** Redis did not confirm a step of the replacement. The current set is intact: either the old or the new one. */
export class TrendingNotReplacedError extends UnavailableError {
  constructor(detail: string) {
    super(`The trending movies were not replaced: ${detail}`);
  }
}
