import type { IncomingMessage } from 'node:http';
import type { FastifyRequest } from 'fastify';
import type { RateLimitGuard } from '@app/rate-limit';
import { type BodyLimits, bodyLimitsOf } from './body-limits.js';
import { BodyTooLargeError } from './body.errors.js';
import type { ReceiveBuffer } from './receive-buffer.js';
import { BodyReceiver } from './body-receiver.js';
import { UploadClock } from './upload-clock.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** On requests with a body: the reply that receives the rate-limit fields. */
    reply: FastifyReply | undefined;
  }
}

/** Inspects the bytes of a body as they arrive, and returns an error message or undefined. */
export type Inspector = (piece: Buffer) => string | undefined;

export interface BodyReaderOptions {
  /** `HTTP_BODY_LIMIT_BYTES`. */
  readonly limitBytes: number;
  readonly buffer: ReceiveBuffer;
  readonly limits: RateLimitGuard;
}

/**
 * Receives the bodies of admitted requests within the limits of their routes, the receive buffer, byte quotas and timeouts.
 * What the request header already rules out is rejected before any of the body is read.
 */
export class BodyReader {
  private readonly clock = new UploadClock();
  private readonly expectingContinue = new WeakSet<IncomingMessage>();

  constructor(private readonly options: BodyReaderOptions) {}

  /** Records that the client waits for "100 Continue" before it sends the body. */
  expectContinue(request: IncomingMessage): void {
    this.expectingContinue.add(request);
  }

  bodyLimitsOf(request: FastifyRequest): BodyLimits {
    return bodyLimitsOf(request, this.options.limitBytes);
  }

  /**
   * Receives a body.
   *
   * @throws BodyTooLargeError, BodyTimeoutError, BodyAbortedError, ReceiveBufferFullError, RequestValidationError,
   * RateLimitExceeded, CostAboveBurstError, RateLimitsUnavailableError
   */
  async read(
    request: FastifyRequest,
    source: IncomingMessage,
    { maxBytes }: BodyLimits,
    inspect?: Inspector,
  ): Promise<Buffer> {
    const { buffer, limits } = this.options;
    const { reply } = request;
    if (!reply) throw new Error('The request was not admitted by the gate');
    const announcedBytes = contentLengthOf(request);
    if (announcedBytes !== undefined && announcedBytes > maxBytes) throw new BodyTooLargeError(maxBytes);
    const room = buffer.open(clientOf(request));
    try {
      if (announcedBytes !== undefined) room.take(announcedBytes);
      const countsBytes = limits.countsBytes(request);
      const account = (bytes: number, bodyBytes: number) =>
        limits.chargeBytes(request, reply, bytes, bodyBytes);
      if (countsBytes && announcedBytes) await account(announcedBytes, announcedBytes);
      if (source.headers.expect !== undefined && this.expectingContinue.delete(source))
        reply.raw.writeContinue();
      const isAnnounced = announcedBytes !== undefined;
      return await new BodyReceiver(this.clock).receive(source, {
        maxBytes,
        inspect,
        makeRoom: isAnnounced ? undefined : (bytes) => room.take(bytes),
        account: countsBytes && !isAnnounced ? account : undefined,
      });
    } finally {
      room.release();
    }
  }

  /** Tells the client to send a body that the handler reads as a stream. */
  acceptStreamed({ reply }: FastifyRequest, source: IncomingMessage): void {
    if (source.headers.expect !== undefined && this.expectingContinue.delete(source))
      reply?.raw.writeContinue();
  }

  /** Charges a request whose body was rejected like any other request. @throws RateLimitExceeded, RateLimitsUnavailableError */
  async chargeRefused(request: FastifyRequest): Promise<void> {
    if (request.reply) await this.options.limits.chargeRefusedBody(request, request.reply);
  }
}

/** Returns undefined for a chunked body. Node rejects requests with both fields or several lengths. */
function contentLengthOf({ headers }: FastifyRequest): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

const clientOf = ({ principal, clientAddress }: FastifyRequest): string =>
  `${principal?.tenant} ${principal?.keyName ?? clientAddress}`;
