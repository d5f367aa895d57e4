import { HttpException } from '@nestjs/common';
import { ForbiddenError, UnauthenticatedError } from '@app/auth';
import { CacheLoadTimeoutError } from '@app/cache';
import {
  EmbeddingsOverloadedError,
  EmbeddingsRequestError,
  InvalidEmbeddingsError,
  StoredVectorsFullError,
  StoredVectorsUnavailableError,
  StoredVectorUnreadableError,
} from '@app/embeddings';
import { LockHeldError, LockLostError, LockUnavailableError } from '@app/locks';
import { DeadLetterNotFoundError, DeadLettersUnavailableError, TooManyListenersError } from '@app/events';
import {
  IdempotencyConflictError,
  SessionCompletedError,
  SessionContendedError,
  SessionLimitError,
  SessionNotFoundError,
  SessionsFullError,
  SessionsUnavailableError,
} from '@app/sessions';
import {
  CostAboveBurstError,
  RateLimitExceeded,
  RateLimitsUnavailableError,
  TooManyOverridesError,
  UnknownPolicyError,
} from '@app/rate-limit';
import { RedisRefusalError } from '@app/redis';
import { TaskFinishedError, TaskNotFinishedError, TasksUnavailableError } from '@app/tasks';
import { InvalidMovieError } from '@app/tmdb';
import { TrendingNotReplacedError, TrendingRefusedError, TrendingUnavailableError } from '@app/trending';
import { UpstreamError } from '@app/upstream';
import { type Problem, problem, quotaExceededType } from './problem.js';
import { StoredEmbeddingNotFoundError } from '../embeddings/stored-embedding-not-found.error.js';
import { redisRefusalProblem } from './redis-refusal-problem.js';
import { MovieNotFoundError } from '../movies/movie-not-found.error.js';
import { NoPreviousTrendingError } from '../trending/no-previous-trending.error.js';
import { TaskNotFoundError, TaskResultTooLargeError } from '../tasks/tasks.errors.js';
import {
  BodyAbortedError,
  BodyTimeoutError,
  BodyTooLargeError,
  ReceiveBufferFullError,
} from './body/body.errors.js';
import { RequestValidationError } from './request-validation.error.js';

/** The one place where errors become HTTP. Undefined: nobody foresaw this one. */
export function toProblem(error: unknown): Problem | undefined {
  if (error instanceof RequestValidationError) {
    return problem('invalid-request', 400, 'The request is not valid', error.message, {
      errors: error.faults,
    });
  }
  if (error instanceof UnauthenticatedError) {
    return problem('unauthenticated', 401, 'An API key is needed', error.message, {
      code: 'invalid_api_key',
    });
  }
  if (error instanceof ForbiddenError) return problem('forbidden', 403, 'Not allowed', error.message);
  if (error instanceof EmbeddingsRequestError) {
    const errors = [{ field: error.param, message: error.message }];
    const { code } = error;
    return code === 'model_not_found'
      ? problem('model-not-found', 404, 'No such model', error.message, { errors, code })
      : problem('invalid-request', 400, 'The request is not valid', error.message, { errors, code });
  }
  if (error instanceof EmbeddingsOverloadedError) {
    return problem('overloaded', 503, 'Too much is waiting', error.message, {
      retryAfterSeconds: error.retryAfterSeconds,
    });
  }
  if (error instanceof InvalidEmbeddingsError || error instanceof InvalidMovieError) {
    return problem('upstream-invalid', 502, 'The upstream gave an unusable answer', error.message);
  }
  if (error instanceof UpstreamError) return upstreamProblem(error);
  if (error instanceof RedisRefusalError) return redisRefusalProblem(error);
  if (error instanceof CacheLoadTimeoutError) {
    return problem('upstream-timeout', 504, 'The upstream did not answer in time', error.message, {
      retryAfterSeconds: 1,
    });
  }
  return (
    storedVectorProblem(error) ??
    bodyProblem(error) ??
    rateLimitProblem(error) ??
    trendingProblem(error) ??
    sessionProblem(error) ??
    frameworkProblem(error)
  );
}

function storedVectorProblem(error: unknown): Problem | undefined {
  if (error instanceof StoredEmbeddingNotFoundError)
    return problem('embedding-not-found', 404, 'No such vector', error.message);
  if (error instanceof StoredVectorsFullError)
    return problem('embedding-store-full', 413, 'Too many vectors are stored', error.message, {
      errors: [{ field: 'embedding', message: error.message }],
    });
  if (error instanceof StoredVectorUnreadableError)
    return problem('embedding-unreadable', 409, 'What is stored is no vector', error.message);
  if (error instanceof StoredVectorsUnavailableError)
    return problem('unavailable', 503, titleOf(503), error.message, { retryAfterSeconds: 1 });
  return undefined;
}

function bodyProblem(error: unknown): Problem | undefined {
  if (error instanceof BodyTooLargeError) return fieldProblem('body-too-large', 413, 'body', error.message);
  if (error instanceof BodyTimeoutError) return fieldProblem('body-timeout', 408, 'body', error.message);
  if (error instanceof BodyAbortedError) return fieldProblem('invalid-request', 400, 'body', error.message);
  if (error instanceof ReceiveBufferFullError) {
    const { isOwnShare, retryAfterSeconds } = error;
    return isOwnShare
      ? problem('too-many-bytes', 429, 'Too many bytes at once', error.message, { retryAfterSeconds })
      : problem('overloaded', 503, 'Too much is being received', error.message, { retryAfterSeconds });
  }
  return undefined;
}

function rateLimitProblem(error: unknown): Problem | undefined {
  if (error instanceof RateLimitExceeded) {
    return {
      type: quotaExceededType,
      title: 'A rate limit is used up',
      status: 429,
      detail: error.message,
      'violated-policies': error.violations.map(({ policy }) => policy),
      retryAfterSeconds: error.retryAfterSeconds,
      code: 'rate_limit_exceeded',
    };
  }
  if (error instanceof CostAboveBurstError) {
    return problem('cost-above-burst', 422, 'The request is too large for its rate limit', error.message, {
      'violated-policies': [error.policy],
      ...(error.field === undefined ? {} : { errors: [{ field: error.field, message: error.message }] }),
    });
  }
  if (error instanceof UnknownPolicyError) {
    const errors = [{ field: 'policy', message: error.message }];
    return problem('policy-not-found', 404, 'No such policy', error.message, { errors });
  }
  if (error instanceof TooManyOverridesError)
    return problem('too-many-overrides', 409, 'No room for another', error.message);
  if (error instanceof RateLimitsUnavailableError)
    return problem('unavailable', 503, titleOf(503), error.message, { retryAfterSeconds: 1 });
  return undefined;
}

function trendingProblem(error: unknown): Problem | undefined {
  if (error instanceof MovieNotFoundError)
    return problem('movie-not-found', 404, 'No such movie', error.message);
  if (error instanceof TrendingRefusedError) {
    const errors = [{ field: 'ids', message: error.message }];
    return problem(`trending-${error.reason}`, 422, 'The set looks like a mistake', error.message, {
      errors,
    });
  }
  if (error instanceof NoPreviousTrendingError) {
    return problem('no-previous-trending', 409, 'There is no previous set', error.message);
  }
  if (error instanceof LockHeldError) {
    const retryAfterSeconds = Math.max(1, Math.ceil(error.retryAfterMs / 1000));
    return problem('busy', 409, 'Somebody else is at it', error.message, { retryAfterSeconds });
  }
  if (
    error instanceof TrendingNotReplacedError ||
    error instanceof TrendingUnavailableError ||
    error instanceof LockLostError ||
    error instanceof LockUnavailableError
  ) {
    return problem('unavailable', 503, titleOf(503), error.message, { retryAfterSeconds: 1 });
  }
  return undefined;
}

function sessionProblem(error: unknown): Problem | undefined {
  if (error instanceof SessionNotFoundError)
    return problem('session-not-found', 404, 'No such session', error.message);
  if (error instanceof TaskNotFoundError)
    return problem('task-not-found', 404, 'No such task', error.message);
  if (error instanceof TaskFinishedError)
    return problem('task-finished', 409, 'The task is finished', error.message);
  if (error instanceof TaskNotFinishedError) {
    return problem('task-not-finished', 409, 'The task is not finished', error.message, {
      retryAfterSeconds: 1,
    });
  }
  if (error instanceof SessionCompletedError)
    return problem('session-completed', 409, 'The transcript is completed', error.message);
  if (error instanceof SessionContendedError) {
    return problem('session-contended', 409, 'The session is changing', error.message, {
      retryAfterSeconds: 1,
    });
  }
  if (error instanceof IdempotencyConflictError) {
    const errors = [{ field: 'Idempotency-Key', message: error.message }];
    return problem('idempotency-conflict', 422, 'Another request had this key', error.message, { errors });
  }
  if (error instanceof SessionLimitError) {
    const errors = [{ field: error.field, message: error.message }];
    return problem('session-too-large', 413, 'The session would be too large', error.message, { errors });
  }
  if (error instanceof SessionsFullError) {
    const { scope, heldBytes, maxBytes } = error;
    return scope === 'tenant'
      ? problem('tenant-full', 413, "The tenant's sessions are full", error.message, { heldBytes, maxBytes })
      : problem('storage-full', 503, 'Storage is full', error.message, { retryAfterSeconds: 30 });
  }
  if (error instanceof TaskResultTooLargeError)
    return fieldProblem('body-too-large', 413, 'result', error.message);
  if (error instanceof TooManyListenersError) {
    return problem('too-many-listeners', 503, 'Too many clients listen here', error.message, {
      retryAfterSeconds: 5,
    });
  }
  if (error instanceof DeadLetterNotFoundError)
    return problem('dead-letter-not-found', 404, 'No such dead letter', error.message);
  if (
    error instanceof SessionsUnavailableError ||
    error instanceof TasksUnavailableError ||
    error instanceof DeadLettersUnavailableError
  ) {
    return problem('unavailable', 503, titleOf(503), error.message, { retryAfterSeconds: 1 });
  }
  return undefined;
}

function upstreamProblem(error: UpstreamError): Problem {
  const retryAfterSeconds = Math.max(1, Math.ceil((error.retryAfterMs ?? 1000) / 1000));
  switch (error.failure) {
    case 'timeout':
      return problem('upstream-timeout', 504, 'The upstream did not answer in time', error.message, {
        retryAfterSeconds,
      });
    case 'busy':
      return problem('upstream-busy', 503, 'The upstream asked for a pause', error.message, {
        retryAfterSeconds,
      });
    case 'overloaded':
      return problem('upstream-overloaded', 503, 'The upstream is not asked for now', error.message, {
        retryAfterSeconds,
      });
    case 'unreachable':
    case 'failed':
      return problem('upstream-failed', 503, 'The upstream failed', error.message, { retryAfterSeconds });
    case 'rejected':
      return problem('upstream-rejected', 502, 'The upstream refused our request', error.message);
    case 'invalid-answer':
      return problem('upstream-invalid', 502, 'The upstream gave an unusable answer', error.message);
  }
}

/** Nest's exceptions and Fastify's errors, for which Nest keeps only the status. A 5xx is ours to hide. */
function frameworkProblem(error: unknown): Problem | undefined {
  if (!(error instanceof Error)) return undefined;
  const status =
    error instanceof HttpException ? error.getStatus() : (error as { statusCode?: number }).statusCode;
  switch (status) {
    case undefined:
      return undefined;
    case 413:
      return fieldProblem('body-too-large', 413, 'body', 'is larger than this server takes');
    case 415:
      return fieldProblem('unsupported-media-type', 415, 'content-type', 'must be application/json');
    case 503:
      return problem('unavailable', 503, titleOf(503), error.message);
    default:
      return status < 500 ? problem('http', status, titleOf(status), error.message) : undefined;
  }
}

function fieldProblem(name: string, status: number, field: string, message: string): Problem {
  return problem(name, status, titleOf(status), `${field}: ${message}`, { errors: [{ field, message }] });
}

const titles: Record<number, string> = {
  400: 'The request is not valid',
  404: 'Not found',
  405: 'Method not allowed',
  408: 'The request took too long',
  413: 'The body is too large',
  415: 'Unsupported media type',
  414: 'The address is too long',
  431: 'The header fields are too large',
  503: 'Not available',
};

const titleOf = (status: number): string => titles[status] ?? `HTTP ${status}`;
