import { isUtf8 } from 'node:buffer';
import type { FastifyInstance } from 'fastify';
import { RequestValidationError } from './request-validation.error.js';

const deepest = 32;

/**
 * Parses JSON bodies. Stricter than Fastify's own where that would alter what a client sent: bytes that are not
 * UTF-8 are refused rather than replaced, and nesting is bounded.
 */
export function addJsonBodyParser(fastify: FastifyInstance, bodyLimit: number): void {
  const parse = fastify.getDefaultJsonParser('error', 'error');
  fastify.removeContentTypeParser('text/plain');
  fastify.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer', bodyLimit },
    (request, body: Buffer, done) => {
      if (body.length === 0) return done(null, undefined);
      if (!isUtf8(body))
        return done(new RequestValidationError([{ field: 'body', message: 'is not valid UTF-8' }]));
      if (isDeeperThan(body, deepest)) {
        return done(
          new RequestValidationError([{ field: 'body', message: `is nested deeper than ${deepest} levels` }]),
        );
      }
      void parse(request, body.toString('utf8'), (error, value) => {
        if (error) return done(new RequestValidationError([{ field: 'body', message: 'is not valid JSON' }]));
        return done(null, value);
      });
    },
  );
}

const [quote, backslash, openBracket, closeBracket, openBrace, closeBrace] = [
  0x22, 0x5c, 0x5b, 0x5d, 0x7b, 0x7d,
];

/** Counts brackets outside of strings, byte by byte: all of them are ASCII, and a hostile body must cost no more than a long one. */
export function isDeeperThan(json: Buffer, limit: number): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < json.length; index++) {
    const byte = json[index];
    if (inString) {
      if (byte === backslash) index++;
      else if (byte === quote) inString = false;
    } else if (byte === quote) inString = true;
    else if (byte === openBracket || byte === openBrace) {
      if (++depth > limit) return true;
    } else if (byte === closeBracket || byte === closeBrace) depth--;
  }
  return false;
}
