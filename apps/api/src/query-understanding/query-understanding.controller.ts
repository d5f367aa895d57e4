import { Body, Controller, Get, HttpCode, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import {
  type GraphDrawing,
  QueryUnderstandingService,
  type Understanding,
  understandingSchema,
} from '@app/query-understanding';
import { RateLimit, RateLimitSettlement, type Settlement } from '@app/rate-limit';
import type { RedisBudget } from '@app/redis';
import type { FastifyReply } from 'fastify';
import { problemSchema } from '../http/problem.dto.js';
import { showCacheOutcome } from '../http/cache-outcome.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { WantsRefresh } from '../http/refresh.decorator.js';
import {
  graphResponseSchema,
  type GraphQuery,
  graphQuerySchema,
  type UnderstandBody,
  understandBodySchema,
} from './query-understanding.dto.js';

/** Cost of a query that calls the language model. For a cached query, all but 1 is refunded. */
const modelCost = 5;

/** Converts search queries to structured data. */
@ApiTags('query understanding')
@Controller('v1/query-understanding')
export class QueryUnderstandingController {
  constructor(private readonly understanding: QueryUnderstandingService) {}

  @Post()
  @HttpCode(200)
  @RateLimit({
    cost: (_, { queryUnderstanding }) => (queryUnderstanding.model ? modelCost : 1),
    settles: true,
  })
  @ApiOperation({
    summary: 'Convert a search query to structured data',
    description: 'Each field of the response is described in docs/query-understanding.md.',
  })
  @ApiResponse({ status: 200, standardSchema: understandingSchema })
  @ApiResponse({ status: 400, description: 'Invalid query', standardSchema: problemSchema })
  async understand(
    @Body({ schema: understandBodySchema }) { query }: UnderstandBody,
    @WantsRefresh() refresh: boolean,
    @RequestBudget() budget: RedisBudget,
    @RateLimitSettlement() settle: Settlement,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Understanding> {
    const result = await this.understanding.understand(budget, query, refresh);
    if (result.outcome === 'local_hit' || result.outcome === 'redis_hit') settle(1);
    showCacheOutcome(reply, [result]);
    return result.value as Understanding;
  }

  @Get('graph')
  @ApiOperation({ summary: 'Get the steps and their dependencies, as data or as a Mermaid flowchart' })
  @ApiResponse({ status: 200, standardSchema: graphResponseSchema })
  graph(
    @Query({ schema: graphQuerySchema }) { format }: GraphQuery,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): GraphDrawing | string {
    if (format === 'json') return this.understanding.drawing;
    void reply.type('text/plain; charset=utf-8');
    return this.understanding.drawing.mermaid;
  }
}
