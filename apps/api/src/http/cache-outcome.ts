import { type CacheAnswer, cacheStatus, type CacheSummary, summarize } from '@app/cache';
import type { FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** How the cache answered this request, for the access log. */
    cacheSummary: CacheSummary | undefined;
  }
}

/** Says how the cache answered: in `Cache-Status` (RFC 9211), and in the access line. */
export function showCacheOutcome(reply: FastifyReply, answers: readonly CacheAnswer<unknown>[]): void {
  reply.cacheSummary = summarize(answers);
  void reply.header('cache-status', cacheStatus(answers));
}
