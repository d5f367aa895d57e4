import { isUtf8 } from 'node:buffer';
import type { IncomingMessage } from 'node:http';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestValidationError } from '../request-validation.error.js';
import { hasBody } from '../connections.js';
import { BodyTimeoutError, BodyTooLargeError } from './body.errors.js';
import type { BodyReader } from './body-reader.js';
import { JsonScanner } from './json-scanner.js';
import { TurnQueue } from './turn-queue.js';

/** Bodies up to this size are parsed immediately, which takes a millisecond or two. */
const smallBytes = 32_768;

/**
 * Adds a parser for JSON bodies. Unlike Fastify's own, it rejects bytes that are not UTF-8 instead of replacing them. Depth
 * and width are checked while the body arrives, before the cost of parsing, and large bodies are parsed one per turn of the
 * event loop.
 */
export function addJsonBodyParser(fastify: FastifyInstance, reader: BodyReader): void {
  const parseText = fastify.getDefaultJsonParser('error', 'error');
  const queue = new TurnQueue();

  const parse = (request: FastifyRequest, body: Buffer): unknown => {
    if (!isUtf8(body)) throw bodyFault('is not valid UTF-8');
    let parsed: unknown;
    let fault: Error | null = null;
    // The callback runs synchronously.
    void parseText(request, body.toString('utf8'), (error, value: unknown) => {
      fault = error;
      parsed = value;
    });
    if (fault) throw bodyFault('is not valid JSON');
    return parsed;
  };

  const receive = async (request: FastifyRequest, payload: IncomingMessage): Promise<unknown> => {
    const limits = reader.bodyLimitsOf(request);
    const scanner = new JsonScanner(limits);
    const body = await reader.read(request, payload, limits, (piece) => scanner.scan(piece));
    if (body.length === 0) return undefined;
    return body.length <= smallBytes ? parse(request, body) : queue.run(() => parse(request, body));
  };

  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser(
    'application/json',
    async (request: FastifyRequest, payload: IncomingMessage) => {
      if (!hasBody(request.raw)) return undefined;
      try {
        return await receive(request, payload);
      } catch (error) {
        // Such a request never reaches the rate limiter that charges all others.
        if (isClientFault(error)) await reader.chargeRefused(request);
        throw error;
      }
    },
  );
  fastify.addContentTypeParser('*', async (request: FastifyRequest) => {
    await reader.chargeRefused(request);
    throw new UnsupportedMediaTypeException();
  });
}

const isClientFault = (error: unknown): boolean =>
  error instanceof RequestValidationError ||
  error instanceof BodyTooLargeError ||
  error instanceof BodyTimeoutError;

const bodyFault = (message: string): RequestValidationError =>
  new RequestValidationError([{ field: 'body', message }]);
