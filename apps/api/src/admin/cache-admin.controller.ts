import { Readable } from 'node:stream';
import { Body, Controller, Delete, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { Roles } from '@app/auth';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CacheInspector, CacheService } from '@app/cache';
import { EmbeddingsService } from '@app/embeddings';
import { SkipRateLimit } from '@app/rate-limit';
import type { RedisBudget } from '@app/redis';
import type { FastifyReply } from 'fastify';
import { LargeBody } from '../http/body/body-limits.js';
import { abortOnDisconnect } from '../http/abort-on-disconnect.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { RequestValidationError } from '../http/request-validation.error.js';
import {
  entryResponseSchema,
  type EntryQuery,
  entryQuerySchema,
  type PurgeQuery,
  purgeQuerySchema,
  statsResponseSchema,
  type WarmBody,
  warmBodySchema,
} from './cache-admin.dto.js';
import { reportOf } from './progress-report.js';

const ndjson = { 'application/x-ndjson': { schema: { type: 'string' as const } } };
/** Number of texts that one step of warming embeds. */
const textsPerStep = 128;

/** Inspects, purges and warms the cache. Progress is streamed as NDJSON; disconnecting cancels the operation. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/cache')
export class CacheAdminController {
  constructor(
    private readonly cache: CacheService,
    private readonly inspector: CacheInspector,
    private readonly embeddings: EmbeddingsService,
  ) {}

  @Get('stats')
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Get outcomes, hit rate and savings per namespace, and the size of the local tier',
  })
  @ApiResponse({ status: 200, standardSchema: statsResponseSchema })
  stats() {
    return this.inspector.stats();
  }

  @Get('entry')
  @SkipRateLimit()
  @ApiOperation({ summary: 'Inspect a key: its tier, its TTLs, and what stored it last' })
  @ApiResponse({ status: 200, standardSchema: entryResponseSchema })
  entry(@Query({ schema: entryQuerySchema }) { key }: EntryQuery, @RequestBudget() budget: RedisBudget) {
    return this.inspector.inspect(key, { budget });
  }

  @Delete()
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Delete cached values by pattern',
    description:
      'Finds keys with SCAN and deletes them with UNLINK, at a limited rate. Streams one line of progress per page, and finally the totals.',
  })
  @ApiResponse({ status: 200, description: 'One JSON object per line', content: ndjson })
  purge(
    @Query({ schema: purgeQuerySchema }) { pattern, dryRun }: PurgeQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const progress = this.cache.deletePattern(pattern, { dryRun, signal: abortOnDisconnect(reply) });
    return reportOf(reply, namingField('pattern', progress));
  }

  @Post('warm')
  @LargeBody({ maxValues: 210_000, maxStructures: 110_000 })
  @SkipRateLimit()
  @HttpCode(200)
  @ApiOperation({
    summary: 'Warm the cache with embeddings',
    description: 'Streams one line of progress per step, and finally the totals.',
  })
  @ApiResponse({ status: 200, description: 'One JSON object per line', content: ndjson })
  warm(
    @Body({ schema: warmBodySchema }) body: WarmBody,
    @RequestBudget() budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    return reportOf(reply, this.warming(body, abortOnDisconnect(reply), budget));
  }

  private async *warming({ model, dimensions, texts }: WarmBody, signal: AbortSignal, budget: RedisBudget) {
    let [done, hits, promptTokens] = [0, 0, 0];
    for (let start = 0; start < texts.length; start += textsPerStep) {
      signal.throwIfAborted();
      const step = texts.slice(start, start + textsPerStep);
      const embeddings = await this.embeddings.embed(budget, { model, dimensions, inputs: step });
      budget.renew();
      done += step.length;
      hits += embeddings.cached.filter(({ outcome }) => outcome !== 'miss').length;
      promptTokens += embeddings.promptTokens;
      yield { total: texts.length, done, cachedAlready: hits, promptTokens };
    }
  }
}

async function* namingField<T>(field: string, source: AsyncGenerator<T>): AsyncGenerator<T> {
  try {
    yield* source;
  } catch (error) {
    if (error instanceof RangeError) throw new RequestValidationError([{ field, message: error.message }]);
    throw error;
  }
}
