import { type CacheResult, cacheStatus, type CacheSummary, summarize } from '@app/cache';
import type { FastifyReply } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** The cache outcome of this request, for the access log. */
    cacheSummary: CacheSummary | undefined;
  }
}

/** Adds the cache outcome to the response as `Cache-Status` (RFC 9211), and to the access log. */
export function showCacheOutcome(reply: FastifyReply, results: readonly CacheResult<unknown>[]): void {
  reply.cacheSummary = summarize(results);
  void reply.header('cache-status', cacheStatus(results));
}
