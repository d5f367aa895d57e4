import { Logger } from '@nestjs/common';
import {
  BrokenCircuitError,
  bulkhead,
  BulkheadRejectedError,
  circuitBreaker,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  type IPolicy,
  retry,
  wrap,
} from 'cockatiel';
import { context, propagation, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { Agent, request } from 'undici';
import { ResponseTooLargeError, readResponse, readErrorResponse } from './response-reader.js';
import { UpstreamError } from './upstream.errors.js';
import { UpstreamHold } from './upstream-hold.js';
import { publishCall, type UpstreamCall } from './upstream.metrics.js';
import { parseRetryAfterMs } from './retry-after.js';

export interface UpstreamOptions {
  /** Identifies the upstream in errors, logs and metrics. */
  readonly name: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Sent with every call as `Authorization: Bearer …` (RFC 6750). */
  readonly bearerToken?: string | undefined;
  /** Timeout of one attempt, including the whole response body. */
  readonly timeoutMs: number;
  /** Maximum number of retries. */
  readonly retryAttempts: number;
  /** Maximum number of concurrent calls. Up to 64 times as many can be queued. */
  readonly concurrency: number;
  /** Upper bound for the pause that a `Retry-After` can request. */
  readonly maxRetryAfterMs: number;
  /** Maximum size of a response body. Larger responses are aborted and rejected. 2 MiB by default. */
  readonly maxResponseBytes?: number;
  readonly pace?: UpstreamPace;
}

/** Limits the rate of all processes to what an upstream allows. */
export interface UpstreamPace {
  /** Resolves when an attempt may be sent. @throws UpstreamError if that would take too long */
  admit(): Promise<void>;
  /** Pauses the attempts of all processes. Never rejects. */
  hold(forMs: number): Promise<void>;
}

/** The response to `getJson`. */
export interface JsonResponse {
  /** 304 only if an ETag was sent; the body is then undefined. */
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | undefined;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
  readonly ignoresBody?: boolean;
  readonly maxResponseBytes?: number;
}

const maxRetryAfterMs = 20_000;
const defaultMaxResponseBytes = 2 * 1024 * 1024;
/** Allows for early timers and clock differences. */
const retryMarginMs = 20;
/** A retried call waits for the rest of a pause that was extended meanwhile, up to this long. */
const maxRetryHoldMs = 2_000;
const maxConsecutiveFailures = 10;
const breakerOpenMs = 5_000;

/**
 * HTTP client for a JSON upstream. Every attempt has a timeout and a maximum response size. Responses with 429 or 5xx and
 * lost connections are retried with jitter, or after the `Retry-After` delay. A breaker and a concurrency limit protect
 * Marquee from a failing upstream. After a 429 or 503 with `Retry-After`, all calls fail fast until the pause ends.
 */
export class UpstreamClient {
  private readonly logger: Logger;
  private readonly agent: Agent;
  private readonly policy: IPolicy;
  private readonly hold = new UpstreamHold();

  constructor(private readonly options: UpstreamOptions) {
    this.logger = new Logger(`Upstream ${options.name}`);
    this.agent = new Agent({ connections: options.concurrency });
    const breaker = circuitBreaker(handleWhen(isTransient), {
      halfOpenAfter: breakerOpenMs,
      breaker: new ConsecutiveBreaker(maxConsecutiveFailures),
    });
    breaker.onBreak(() =>
      this.logger.warn(`breaker opened after ${maxConsecutiveFailures} consecutive failures`),
    );
    breaker.onReset(() => this.logger.log('breaker closed'));
    this.policy = wrap(
      bulkhead(options.concurrency, 64 * options.concurrency),
      retry(handleWhen(isRetryable), {
        maxAttempts: options.retryAttempts,
        backoff: new DelegateBackoff(({ attempt, result }) =>
          backoffMs(attempt, 'error' in result ? result.error : undefined),
        ),
      }),
      breaker,
    );
  }

  /**
   * Sends `body` as JSON and returns the parsed response.
   *
   * @param maxResponseBytes overrides the client's limit, if the request determines the size of the response
   * @throws UpstreamError
   */
  async postJson(
    path: string,
    body: unknown,
    { maxResponseBytes }: { maxResponseBytes?: number } = {},
  ): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const call: Call = { method: 'POST', path, headers, payload: JSON.stringify(body) };
    return (await this.execute(maxResponseBytes === undefined ? call : { ...call, maxResponseBytes })).body;
  }

  /**
   * Sends a serialized JSON payload. Succeeds with any 2xx response and ignores its body.
   *
   * @throws UpstreamError
   */
  async post(path: string, payload: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const all = { 'content-type': 'application/json', ...headers };
    await this.execute({ method: 'POST', path, headers: all, payload, ignoresBody: true });
  }

  /**
   * Requests JSON. With an ETag, the request is conditional (RFC 9110, section 13.1.2).
   *
   * @param path including the query string
   * @throws UpstreamError
   */
  getJson(path: string, etag?: string): Promise<JsonResponse> {
    return this.execute({ method: 'GET', path, headers: etag ? { 'if-none-match': etag } : {} });
  }

  /** Aborts calls in progress: their callers have received a response or timed out by now. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** Runs the call in its own span, whose context is propagated to the upstream. */
  private execute(call: Call): Promise<JsonResponse> {
    const { name } = this.options;
    const options = { kind: SpanKind.CLIENT, attributes: { 'marquee.upstream': name } };
    return trace.getTracer('marquee').startActiveSpan(`${call.method} ${name}`, options, async (span) => {
      try {
        return await this.measure(call);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  private async measure(call: Call): Promise<JsonResponse> {
    const startedMs = performance.now();
    const publish = (outcome: UpstreamCall['outcome']): void =>
      publishCall({ upstream: this.options.name, outcome, durationMs: performance.now() - startedMs });
    try {
      this.checkHold();
      const response = await this.policy.execute((context) => this.attempt(call, isRetry(context)));
      publish('ok');
      return response;
    } catch (caught) {
      const error = this.toFailure(caught);
      publish(error instanceof UpstreamError ? error.failure : 'failed');
      throw error;
    }
  }

  private toFailure(error: unknown): unknown {
    if (error instanceof BulkheadRejectedError)
      return this.failure('overloaded', 'too many calls are queued', error);
    if (error instanceof BrokenCircuitError)
      return this.failure('overloaded', 'temporarily unavailable after repeated failures', error);
    return error;
  }

  private async attempt(call: Call, isRetry: boolean): Promise<JsonResponse> {
    // Concurrent calls that received a 429 extend each other's pause slightly.
    if (isRetry && this.hold.remainingMs <= maxRetryHoldMs) await this.hold.wait(retryMarginMs);
    this.checkHold();
    await this.options.pace?.admit();
    const { statusCode, headers, text } = await this.send(call);
    const etag = single(headers.etag);
    if (statusCode === 304 && call.method === 'GET') return { status: 304, body: undefined, etag };
    if (call.ignoresBody && statusCode >= 200 && statusCode < 300)
      return { status: statusCode, body: undefined, etag };
    if (statusCode >= 200 && statusCode < 300) return { status: statusCode, body: this.parse(text), etag };
    const retryAfterMs = this.cappedRetryAfterMs(single(headers['retry-after']));
    if (retryAfterMs !== undefined && (statusCode === 429 || statusCode === 503))
      await this.pause(retryAfterMs);
    const transient = statusCode === 429 || statusCode === 408 || statusCode >= 500;
    throw new UpstreamError(
      this.options.name,
      transient ? 'failed' : 'rejected',
      describe(statusCode, text),
      {
        upstreamStatus: statusCode,
        ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
      },
    );
  }

  /** @throws UpstreamError during a pause that the upstream requested */
  private checkHold(): void {
    const { remainingMs } = this.hold;
    if (remainingMs === 0) return;
    const seconds = Math.ceil(remainingMs / 1000);
    throw new UpstreamError(this.options.name, 'busy', `requested a pause that ends in ${seconds} s`, {
      retryAfterMs: remainingMs,
    });
  }

  private async pause(forMs: number): Promise<void> {
    if (this.hold.remainingMs === 0) this.logger.warn(`requested a pause of ${Math.ceil(forMs / 1000)} s`);
    this.hold.extend(forMs);
    await this.options.pace?.hold(forMs);
  }

  /** Caps the delay, so that an excessive `Retry-After` cannot disable an upstream for hours. */
  private cappedRetryAfterMs(header: string | undefined): number | undefined {
    const retryAfterMs = parseRetryAfterMs(header);
    return retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, this.options.maxRetryAfterMs);
  }

  private async send({ method, path, headers, payload, ignoresBody, maxResponseBytes }: Call) {
    const { baseUrl, bearerToken, timeoutMs } = this.options;
    const authorization = bearerToken ? { authorization: `Bearer ${bearerToken}` } : {};
    const maxBytes = maxResponseBytes ?? this.options.maxResponseBytes ?? defaultMaxResponseBytes;
    try {
      const traceContext: Record<string, string> = {};
      propagation.inject(context.active(), traceContext);
      const response = await request(`${baseUrl}${path}`, {
        method,
        headers: { ...authorization, ...headers, ...traceContext, accept: 'application/json' },
        body: payload,
        dispatcher: this.agent,
        signal: AbortSignal.timeout(timeoutMs),
      });
      const { statusCode } = response;
      const succeeded = statusCode >= 200 && statusCode < 300;
      const text =
        succeeded && !ignoresBody
          ? await readResponse(response.body, maxBytes)
          : await readErrorResponse(response.body);
      return { statusCode, headers: response.headers, text };
    } catch (error) {
      if (error instanceof ResponseTooLargeError) throw this.failure('invalid-answer', error.message, error);
      if ((error as Error).name === 'TimeoutError') {
        throw this.failure('timeout', `no response within ${timeoutMs} ms`, error);
      }
      throw this.failure('unreachable', (error as { code?: string }).code ?? 'connection failed', error);
    }
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.failure('invalid-answer', 'the response is not JSON', error);
    }
  }

  private failure(failure: UpstreamError['failure'], detail: string, cause: unknown): UpstreamError {
    return new UpstreamError(this.options.name, failure, detail, { cause });
  }
}

/** The retry policy passes the number of the attempt in its context. */
const isRetry = (context: object): boolean => 'attempt' in context && Number(context.attempt) > 0;

function isTransient(error: Error): boolean {
  return error instanceof UpstreamError && !['rejected', 'overloaded', 'busy'].includes(error.failure);
}

/** Longer waits are left to the client. */
function isRetryable(error: Error): boolean {
  return (
    error instanceof UpstreamError &&
    ['timeout', 'unreachable', 'failed'].includes(error.failure) &&
    (error.retryAfterMs ?? 0) <= maxRetryAfterMs
  );
}

/** Returns the delay before the next attempt: exponential with full jitter, but never less than `Retry-After`. */
function backoffMs(attempt: number, error: unknown): number {
  const jitteredMs = Math.random() * Math.min(200 * 2 ** attempt, 5_000);
  const retryAfterMs = error instanceof UpstreamError ? error.retryAfterMs : undefined;
  return retryAfterMs === undefined ? jitteredMs : retryAfterMs + retryMarginMs + Math.random() * 100;
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

/** Describes an error response with the upstream's own message. Redacts keys, which messages may quote. */
function describe(statusCode: number, text: string): string {
  let message: unknown;
  try {
    // The formats of OpenAI and TMDB.
    const body = JSON.parse(text) as { error?: { message?: unknown }; status_message?: unknown };
    message = body.error?.message ?? body.status_message;
  } catch {
    message = undefined;
  }
  const detail =
    typeof message === 'string'
      ? `: ${message.replace(/\b(sk|pk|key)-[\w*-]+/gi, '[redacted]').slice(0, 300)}`
      : '';
  return `HTTP ${statusCode}${detail}`;
}
