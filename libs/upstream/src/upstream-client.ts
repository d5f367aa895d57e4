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
import { AnswerTooLargeError, readAnswer, readErrorAnswer } from './answer-reader.js';
import { UpstreamError } from './upstream.errors.js';
import { UpstreamHold } from './upstream-hold.js';
import { publishCall, type UpstreamCall } from './upstream.metrics.js';
import { parseRetryAfterMs } from './retry-after.js';

export interface UpstreamOptions {
  /** Stands in errors and logs. */
  readonly name: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Sent with every call as `Authorization: Bearer …` (RFC 6750). */
  readonly bearerToken?: string | undefined;
  /** Bound on one attempt, its whole body included. */
  readonly timeoutMs: number;
  /** Attempts after the first. */
  readonly retryAttempts: number;
  /** Calls under way at once; 64 times as many may wait. */
  readonly concurrency: number;
  /** Longest time that a `Retry-After` holds calls back. */
  readonly maxRetryAfterMs: number;
  /** Default bound on an answer's body; a larger one is cut off and refused. 2 MiB by default. */
  readonly maxAnswerBytes?: number;
  readonly pace?: UpstreamPace;
}

/** Keeps several processes to what one upstream allows. */
export interface UpstreamPace {
  /** Resolves when an attempt may go out. @throws UpstreamError when that would take too long */
  admit(): Promise<void>;
  /** Holds every process's attempts back for this long. Never rejects. */
  hold(forMs: number): Promise<void>;
}

/** An answer to `getJson`. */
export interface JsonAnswer {
  /** 304 only where an ETag was sent; then there is no body. */
  readonly status: number;
  readonly body: unknown;
  readonly etag: string | undefined;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly payload?: string;
  readonly ignoresAnswer?: boolean;
  readonly maxAnswerBytes?: number;
}

const maxRetryAfterMs = 20_000;
const defaultMaxAnswerBytes = 2 * 1024 * 1024;
/** Timers may fire early, and clocks differ. */
const retryMarginMs = 20;
/** A call that has sat out one pause sits out the rest of a prolonged one, when it is no longer than this. */
const maxRetryHoldMs = 2_000;
const breakerOpensAfter = 10;
const breakerOpenMs = 5_000;

/**
 * Calls one JSON upstream: every attempt has a timeout and a bound on its answer; 429, 5xx and lost connections are
 * tried again with jitter or when `Retry-After` says; a breaker and a concurrency limit keep a sick upstream from taking
 * Marquee along. After a 429 or 503 with `Retry-After`, all other calls fail at once until that time is over.
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
      breaker: new ConsecutiveBreaker(breakerOpensAfter),
    });
    breaker.onBreak(() => this.logger.warn(`breaker open after ${breakerOpensAfter} failures in a row`));
    breaker.onReset(() => this.logger.log('breaker closed'));
    this.policy = wrap(
      bulkhead(options.concurrency, 64 * options.concurrency),
      retry(handleWhen(isWorthRepeating), {
        maxAttempts: options.retryAttempts,
        backoff: new DelegateBackoff(({ attempt, result }) =>
          backoffMs(attempt, 'error' in result ? result.error : undefined),
        ),
      }),
      breaker,
    );
  }

  /**
   * Sends `body` as JSON and returns the parsed reply.
   *
   * @param maxAnswerBytes instead of the client's, where the request says how large the answer can be
   * @throws UpstreamError
   */
  async postJson(
    path: string,
    body: unknown,
    { maxAnswerBytes }: { maxAnswerBytes?: number } = {},
  ): Promise<unknown> {
    const headers = { 'content-type': 'application/json' };
    const call: Call = { method: 'POST', path, headers, payload: JSON.stringify(body) };
    return (await this.execute(maxAnswerBytes === undefined ? call : { ...call, maxAnswerBytes })).body;
  }

  /**
   * Sends JSON that was made already, and asks for no answer but a success.
   *
   * @throws UpstreamError
   */
  async post(path: string, payload: string, headers: Readonly<Record<string, string>>): Promise<void> {
    const all = { 'content-type': 'application/json', ...headers };
    await this.execute({ method: 'POST', path, headers: all, payload, ignoresAnswer: true });
  }

  /**
   * Asks for JSON; with an ETag only for what has changed since (RFC 9110, section 13.1.2).
   *
   * @param path with its query
   * @throws UpstreamError
   */
  getJson(path: string, etag?: string): Promise<JsonAnswer> {
    return this.execute({ method: 'GET', path, headers: etag ? { 'if-none-match': etag } : {} });
  }

  /** Cuts what is still under way: whoever asked has had its answer or its bound by now. */
  async close(): Promise<void> {
    await this.agent.destroy();
  }

  /** Within a span of its own, whose context the upstream is told of; without tracing that is next to nothing. */
  private execute(call: Call): Promise<JsonAnswer> {
    const { name } = this.options;
    const options = { kind: SpanKind.CLIENT, attributes: { 'marquee.upstream': name } };
    return trace.getTracer('marquee').startActiveSpan(`${call.method} ${name}`, options, async (span) => {
      try {
        return await this.tell(call);
      } catch (error) {
        span.setStatus({ code: SpanStatusCode.ERROR });
        throw error;
      } finally {
        span.end();
      }
    });
  }

  private async tell(call: Call): Promise<JsonAnswer> {
    const startedMs = performance.now();
    const publish = (outcome: UpstreamCall['outcome']): void =>
      publishCall({ upstream: this.options.name, outcome, durationMs: performance.now() - startedMs });
    try {
      this.checkHold();
      const answer = await this.policy.execute((context) => this.attempt(call, isRetry(context)));
      publish('ok');
      return answer;
    } catch (caught) {
      const error = this.toFailure(caught);
      publish(error instanceof UpstreamError ? error.failure : 'failed');
      throw error;
    }
  }

  private toFailure(error: unknown): unknown {
    if (error instanceof BulkheadRejectedError)
      return this.failure('overloaded', 'too many calls are waiting', error);
    if (error instanceof BrokenCircuitError)
      return this.failure('overloaded', 'failing; not asked for now', error);
    return error;
  }

  private async attempt(call: Call, isRetry: boolean): Promise<JsonAnswer> {
    // Calls that were answered 429 together extend each other's pause by a little.
    if (isRetry && this.hold.remainingMs <= maxRetryHoldMs) await this.hold.wait(retryMarginMs);
    this.checkHold();
    await this.options.pace?.admit();
    const { statusCode, headers, text } = await this.exchange(call);
    const etag = single(headers.etag);
    if (statusCode === 304 && call.method === 'GET') return { status: 304, body: undefined, etag };
    if (call.ignoresAnswer && statusCode >= 200 && statusCode < 300)
      return { status: statusCode, body: undefined, etag };
    if (statusCode >= 200 && statusCode < 300) return { status: statusCode, body: this.parse(text), etag };
    const retryAfterMs = this.cappedRetryAfterMs(single(headers['retry-after']));
    if (retryAfterMs !== undefined && (statusCode === 429 || statusCode === 503))
      await this.holdBack(retryAfterMs);
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

  /** @throws UpstreamError while the upstream's pause lasts */
  private checkHold(): void {
    const { remainingMs } = this.hold;
    if (remainingMs === 0) return;
    const seconds = Math.ceil(remainingMs / 1000);
    throw new UpstreamError(this.options.name, 'busy', `asked for a pause of ${seconds} s more`, {
      retryAfterMs: remainingMs,
    });
  }

  private async holdBack(forMs: number): Promise<void> {
    if (this.hold.remainingMs === 0) this.logger.warn(`asked for a pause of ${Math.ceil(forMs / 1000)} s`);
    this.hold.extend(forMs);
    await this.options.pace?.hold(forMs);
  }

  /** An upstream that says "tomorrow" by mistake must not be lost until then, nor our clients. */
  private cappedRetryAfterMs(header: string | undefined): number | undefined {
    const retryAfterMs = parseRetryAfterMs(header);
    return retryAfterMs === undefined ? undefined : Math.min(retryAfterMs, this.options.maxRetryAfterMs);
  }

  private async exchange({ method, path, headers, payload, ignoresAnswer, maxAnswerBytes }: Call) {
    const { baseUrl, bearerToken, timeoutMs } = this.options;
    const authorization = bearerToken ? { authorization: `Bearer ${bearerToken}` } : {};
    const maxBytes = maxAnswerBytes ?? this.options.maxAnswerBytes ?? defaultMaxAnswerBytes;
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
        succeeded && !ignoresAnswer
          ? await readAnswer(response.body, maxBytes)
          : await readErrorAnswer(response.body);
      return { statusCode, headers: response.headers, text };
    } catch (error) {
      if (error instanceof AnswerTooLargeError) throw this.failure('invalid-answer', error.message, error);
      if (error instanceof Error && error.name === 'TimeoutError') {
        throw this.failure('timeout', `no answer within ${timeoutMs} ms`, error);
      }
      throw this.failure('unreachable', (error as { code?: string }).code ?? 'connection failed', error);
    }
  }

  private parse(text: string): unknown {
    try {
      return JSON.parse(text);
    } catch (error) {
      throw this.failure('invalid-answer', 'the answer is not JSON', error);
    }
  }

  private failure(failure: UpstreamError['failure'], detail: string, cause: unknown): UpstreamError {
    return new UpstreamError(this.options.name, failure, detail, { cause });
  }
}

/** The retry policy numbers the attempts. */
const isRetry = (context: object): boolean => 'attempt' in context && Number(context.attempt) > 0;

function isTransient(error: Error): boolean {
  return error instanceof UpstreamError && !['rejected', 'overloaded', 'busy'].includes(error.failure);
}

/** A wait longer than we would sit out is the client's to do. */
function isWorthRepeating(error: Error): boolean {
  return (
    error instanceof UpstreamError &&
    ['timeout', 'unreachable', 'failed'].includes(error.failure) &&
    (error.retryAfterMs ?? 0) <= maxRetryAfterMs
  );
}

/** Returns the wait before the next attempt: exponential with full jitter, but never before the upstream said. */
function backoffMs(attempt: number, error: unknown): number {
  const jitteredMs = Math.random() * Math.min(200 * 2 ** attempt, 5_000);
  const retryAfterMs = error instanceof UpstreamError ? error.retryAfterMs : undefined;
  return retryAfterMs === undefined ? jitteredMs : retryAfterMs + retryMarginMs + Math.random() * 100;
}

const single = (header: string | string[] | undefined): string | undefined =>
  Array.isArray(header) ? header[0] : header;

/** The upstream's own message helps the one who reads the log. It may quote a key ("Incorrect API key: sk-…"). */
function describe(statusCode: number, text: string): string {
  let message: unknown;
  try {
    // OpenAI's shape, and TMDB's.
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
