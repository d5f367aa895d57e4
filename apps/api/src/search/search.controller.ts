import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RateLimit, RateLimitSettlement, type Settlement } from '@app/rate-limit';
import type { RedisBudget } from '@app/redis';
import { type SearchPage, SearchService } from '@app/search';
import type { FastifyReply } from 'fastify';
import { showCacheOutcome } from '../http/cache-outcome.js';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { WantsRefresh } from '../http/refresh.decorator.js';
import { MovieNotFoundError } from '../movies/movie-not-found.error.js';
import { type MovieParams, movieParamsSchema } from '../movies/movies.dto.js';
import {
  searchResponseSchema,
  type SearchBody,
  searchBodySchema,
  similarResponseSchema,
  type SimilarQuery,
  similarQuerySchema,
  suggestionsResponseSchema,
  type SuggestionsQuery,
  suggestionsQuerySchema,
} from './search.dto.js';
import { serverTiming } from './server-timing.js';
import { toSearchResponse, toSimilarResponse } from './to-answer.js';

const notLoaded = {
  status: 503,
  description: 'The search index is still loading',
  standardSchema: problemSchema,
};

/** Finds movies for a viewer's words. */
@ApiTags('search')
@Controller('v1')
export class SearchController {
  constructor(private readonly movies: SearchService) {}

  @Post('search')
  @HttpCode(200)
  @RateLimit({ cost: (_, { search }) => search.cost, settles: true })
  @ApiOperation({
    summary: "Find movies for a viewer's words",
    description:
      'Plots, moods, people, titles with typos, constraints, "like X but Y". Each result says what matched. Costs 1 if the answer is cached, else SEARCH_COST (3).',
  })
  @ApiResponse({ status: 200, standardSchema: searchResponseSchema })
  @ApiResponse({ status: 400, description: 'Invalid request', standardSchema: problemSchema })
  @ApiResponse(notLoaded)
  async search(
    @Body({ schema: searchBodySchema }) { explain, ...request }: SearchBody,
    @WantsRefresh() refresh: boolean,
    @RequestBudget() budget: RedisBudget,
    @RateLimitSettlement() settle: Settlement,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.movies.search(budget, request, refresh);
    this.showPage(reply, page, settle);
    return toSearchResponse(request.query, page, explain);
  }

  @Get('search/suggestions')
  @Header('Cache-Control', 'public, max-age=300, stale-while-revalidate=3600')
  @ApiOperation({
    summary: 'Titles and people as the viewer types',
    description: 'The best known first, with tolerance for typos. Shared caches may store the response.',
  })
  @ApiResponse({ status: 200, standardSchema: suggestionsResponseSchema })
  @ApiResponse({ status: 400, description: 'Invalid prefix or limit', standardSchema: problemSchema })
  @ApiResponse(notLoaded)
  async suggestions(@Query({ schema: suggestionsQuerySchema }) { prefix, limit }: SuggestionsQuery) {
    return { results: await this.movies.suggest(prefix, limit) };
  }

  @Get('movies/:id/similar')
  @RateLimit({ cost: (_, { search }) => search.cost, settles: true })
  @ApiOperation({ summary: 'Movies that are similar to a movie, by content' })
  @ApiResponse({ status: 200, standardSchema: similarResponseSchema })
  @ApiResponse({ status: 400, description: 'Invalid id, limit or cursor', standardSchema: problemSchema })
  @ApiResponse({ status: 404, description: 'The index has no such movie', standardSchema: problemSchema })
  @ApiResponse(notLoaded)
  async similar(
    @Param({ schema: movieParamsSchema }) { id }: MovieParams,
    @Query({ schema: similarQuerySchema }) query: SimilarQuery,
    @RequestBudget() budget: RedisBudget,
    @RateLimitSettlement() settle: Settlement,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const page = await this.movies.similar(budget, id, query);
    if (!page) throw new MovieNotFoundError(id);
    this.showPage(reply, page, settle);
    return toSimilarResponse(page);
  }

  private showPage(reply: FastifyReply, { cache, timings }: SearchPage, settle: Settlement): void {
    if (cache.outcome === 'local_hit' || cache.outcome === 'redis_hit') settle(1);
    showCacheOutcome(reply, [cache]);
    void reply.header('server-timing', serverTiming(cache, timings));
  }
}
