import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';
import { UnsupportedMediaTypeException } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { BodyAbortedError } from './body.errors.js';
import type { BodyReader } from './body-reader.js';

const mediaType = /^application\/(?:x-)?(?:ndjson|jsonl)\s*(?:;|$)/i;

/** Adds a parser that passes NDJSON to the routes with `@StreamedBody()` without receiving it first. */
export function addNdjsonBodyParser(fastify: FastifyInstance, reader: BodyReader): void {
  fastify.addContentTypeParser(mediaType, async (request: FastifyRequest, payload: IncomingMessage) => {
    if (!request.routeOptions.config.streamsBody) {
      await reader.chargeRefused(request);
      throw new UnsupportedMediaTypeException();
    }
    reader.acceptStreamed(request, payload);
    return Readable.from(piecesOf(payload), { objectMode: false });
  });
}

/** Leaves the connection open if the handler stops reading early, so that the client receives the error. */
async function* piecesOf(payload: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* payload.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>;
  } catch {
    throw new BodyAbortedError();
  }
}
