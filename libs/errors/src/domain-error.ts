/** One invalid field of a request. */
export interface FieldFault {
  /** Path of the field, such as `input[3]` or `options.name`; `body` for the whole body. */
  readonly field: string;
  readonly message: string;
}

/**
 * Base class of every error that a client may see. The error describes itself, and the HTTP layer only serializes it as
 * RFC 9457 problem details, so a new error is one class in the library that throws it.
 *
 * The message becomes the problem's `detail`: it says what happened, to which field or resource, and what to do.
 *
 * @example
 * export class MovieNotFoundError extends DomainError {
 *   readonly code = 'movie-not-found';
 *   readonly status = 404;
 *   readonly title = 'Movie not found';
 *
 *   constructor(id: number) {
 *     super(`There is no movie with the id ${id}.`);
 *   }
 * }
 */
export abstract class DomainError extends Error {
  /** Stable identifier in kebab case. Clients branch on it as the problem's `type`, `urn:marquee:problem:{code}`. */
  abstract readonly code: string;
  /** HTTP status of the response. */
  abstract readonly status: number;
  /** Summary of this kind of error; the same for every occurrence. */
  abstract readonly title: string;

  /** Problem type registered elsewhere that replaces `urn:marquee:problem:{code}`. */
  readonly type?: string;
  /** The fields at fault. */
  readonly errors?: readonly FieldFault[];
  /** Sent as `Retry-After`. Set it only if a retry can succeed. */
  readonly retryAfterSeconds?: number;
  /** `error.code` on the routes that OpenAI's SDKs call; by default the code in snake case. */
  readonly openAiCode?: string;
  /** Additional members of the problem, such as `violated-policies`. */
  readonly extensions?: Readonly<Record<string, unknown>>;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
