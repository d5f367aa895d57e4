import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RateLimitGuard } from '@app/rate-limit';
import { type BodyBounds, boundsOf } from './body-bounds.js';
import { BodyTooLargeError } from './body.errors.js';
import type { ReceiveBuffer } from './receive-buffer.js';
import { Reception } from './reception.js';
import { UploadClock } from './upload-clock.js';

/** Judges the bytes of a body as they arrive. */
export type Inspector = (piece: Buffer) => string | undefined;

export interface BodyReaderOptions {
  /** `HTTP_BODY_LIMIT_BYTES`. */
  readonly limitBytes: number;
  readonly buffer: ReceiveBuffer;
  readonly limits: RateLimitGuard;
}

/**
 * Receives the bodies of requests that have been let in, within the bounds of their routes, of the receive buffer, of quotas
 * of bytes and of time. What can be refused by the request's head is refused before a byte of the body is read.
 */
export class BodyReader {
  private readonly clock = new UploadClock();
  private readonly replies = new WeakMap<FastifyRequest, FastifyReply>();
  private readonly expectingContinue = new WeakSet<IncomingMessage>();

  constructor(private readonly options: BodyReaderOptions) {}

  /** Remembers where to answer a request while its body is received. */
  prepare(request: FastifyRequest, reply: FastifyReply): void {
    this.replies.set(request, reply);
  }

  /** Remembers that the client waits for "100 Continue" before it sends the body. */
  expectContinue(request: IncomingMessage): void {
    this.expectingContinue.add(request);
  }

  boundsOf(request: FastifyRequest): BodyBounds {
    return boundsOf(request, this.options.limitBytes);
  }

  /**
   * Receives a body.
   *
   * @throws BodyTooLargeError, BodyTimeoutError, BodyAbortedError, ReceiveBufferFullError, RequestValidationError,
   * RateLimitExceeded, CostAboveBurstError, RateLimitsUnavailableError
   */
  async read(request: FastifyRequest, source: IncomingMessage, inspect?: Inspector): Promise<Buffer> {
    const { buffer, limits } = this.options;
    const reply = this.replies.get(request);
    if (!reply) throw new Error('The body of a request that was not prepared for');
    const { maxBytes } = this.boundsOf(request);
    const announcedBytes = contentLengthOf(request);
    if (announcedBytes !== undefined && announcedBytes > maxBytes) throw new BodyTooLargeError(maxBytes);
    const room = buffer.open(clientOf(request));
    try {
      if (announcedBytes !== undefined) room.take(announcedBytes);
      const countsBytes = limits.countsBytes(request);
      const account = (bytes: number, bodyBytes: number) =>
        limits.chargeBytes(request, reply, bytes, bodyBytes);
      if (countsBytes && announcedBytes) await account(announcedBytes, announcedBytes);
      if (this.expectingContinue.delete(source)) reply.raw.writeContinue();
      const isAnnounced = announcedBytes !== undefined;
      const reception = new Reception(source, this.clock, {
        maxBytes,
        inspect,
        makeRoom: isAnnounced ? undefined : (bytes) => room.take(bytes),
        account: countsBytes && !isAnnounced ? account : undefined,
      });
      return await reception.receive();
    } finally {
      room.release();
    }
  }

  /** Charges a request whose body was refused like any other. @throws RateLimitExceeded, RateLimitsUnavailableError */
  async chargeRefused(request: FastifyRequest): Promise<void> {
    const reply = this.replies.get(request);
    if (reply) await this.options.limits.chargeRefusedBody(request, reply);
  }
}

/** Undefined for a body that comes in chunks. Node refuses requests that have both fields, or several lengths. */
function contentLengthOf({ headers }: FastifyRequest): number | undefined {
  if (headers['transfer-encoding'] !== undefined) return undefined;
  const length = headers['content-length'];
  return length === undefined ? undefined : Number(length);
}

const clientOf = ({ principal, clientAddress }: FastifyRequest): string =>
  `${principal?.tenant} ${principal?.keyName ?? clientAddress}`;
