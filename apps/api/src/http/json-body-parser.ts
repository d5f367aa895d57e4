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
      if (!isUtf8(body))
        return done(new RequestValidationError([{ field: 'body', message: 'is not valid UTF-8' }]));
      const text = body.toString('utf8');
      if (isDeeperThan(text, deepest)) {
        return done(
          new RequestValidationError([{ field: 'body', message: `is nested deeper than ${deepest} levels` }]),
        );
      }
      void parse(request, text, (error, value) => {
        if (error) return done(new RequestValidationError([{ field: 'body', message: 'is not valid JSON' }]));
        return done(null, value);
      });
    },
  );
}

/** Counts brackets outside of strings. */
function isDeeperThan(json: string, limit: number): boolean {
  let depth = 0;
  for (const token of json.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{}]/gs)) {
    if (token[0] === '[' || token[0] === '{') {
      if (++depth > limit) return true;
    } else if (token[0] === ']' || token[0] === '}') depth--;
  }
  return false;
}
