import { Body, Controller, Get, HttpCode, Param, Post, Put, Query, Res } from '@nestjs/common';
import { Roles } from '@app/auth';
import { cacheStatus } from '@app/cache';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { RedisBudget } from '@app/redis';
import { MoviesService } from '@app/tmdb';
import { type Trending, TrendingPublisher, TrendingService } from '@app/trending';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { NoPreviousTrendingError } from './no-previous-trending.error.js';
import { LargeBody } from '../http/body/body-limits.js';
import { abortOnDisconnect } from '../http/abort-on-disconnect.js';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { type MovieParams, movieParamsSchema } from '../movies/movies.dto.js';
import {
  memberResponseSchema,
  limitOf,
  membersResponseSchema,
  trendingResponseSchema,
  type TrendingBody,
  trendingBodySchema,
  trendingFreshnessSchema,
  type TrendingQuery,
  trendingQuerySchema,
} from './trending.dto.js';

/** How long a replacement waits for another one to finish. */
const lockWaitMs = 5_000;

/** Serves the trending movies. The list is replaced atomically. */
@ApiTags('trending')
@Controller('v1/trending')
export class TrendingController {
  constructor(
    private readonly trending: TrendingService,
    private readonly publisher: TrendingPublisher,
    private readonly movies: MoviesService,
  ) {}

  @Get()
  @ApiOperation({
    summary: 'List the trending movies by rank, or check which of the given movies are trending',
    description:
      'With `ids`, returns whether each of these movies is trending, and its rank. With `include=movies`, includes the details of the listed movies; a movie without details is null, with a note that gives the reason.',
  })
  @ApiResponse({ status: 200, standardSchema: z.union([trendingResponseSchema, membersResponseSchema]) })
  @ApiResponse({
    status: 503,
    description: 'The trending movies are not known yet',
    standardSchema: problemSchema,
  })
  async list(
    @Query({ schema: trendingQuerySchema }) query: TrendingQuery,
    @RequestBudget() budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const trending = await this.trending.get(budget);
    if (query.ids)
      return { members: query.ids.map((id) => memberOf(trending, id)), ...freshnessOf(trending) };
    const ids = trending.ids.slice(query.offset, query.offset + limitOf(query));
    if (!query.include) return { ids, ...freshnessOf(trending) };
    void reply.type('application/json; charset=utf-8');
    const movies = await this.moviesOf(budget, ids, query.language, reply);
    const rest = JSON.stringify({ ids, ...freshnessOf(trending) });
    return `{"movies":[${movies.join(',')}],${rest.slice(1)}`;
  }

  @Get(':id')
  @ApiOperation({ summary: 'Check whether a movie is trending, and get its rank' })
  @ApiResponse({ status: 200, standardSchema: memberResponseSchema })
  @ApiResponse({ status: 400, description: 'Invalid id', standardSchema: problemSchema })
  async member(
    @Param({ schema: movieParamsSchema }) { id }: MovieParams,
    @RequestBudget() budget: RedisBudget,
  ) {
    const trending = await this.trending.get(budget);
    return { ...memberOf(trending, id), ...freshnessOf(trending) };
  }

  @Put()
  @LargeBody({ maxValues: 510_000 })
  @Roles('admin')
  @ApiOperation({
    summary: 'Replace the trending movies atomically',
    description:
      'The new set stays in place until the next scheduled refresh. A set that is empty or less than half as large as the current one is rejected, unless `force` is true.',
  })
  @ApiResponse({ status: 200, standardSchema: trendingFreshnessSchema })
  @ApiResponse({
    status: 409,
    description: 'Another update is in progress',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 422,
    description: 'The new set is empty or less than half as large',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 503,
    description: 'Redis is unavailable; nothing was changed',
    standardSchema: problemSchema,
  })
  async replace(
    @Body({ schema: trendingBodySchema }) { ids, force }: TrendingBody,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    const signal = abortOnDisconnect(reply);
    const published = await this.publisher.publish({ ids, force, source: 'PUT', waitMs: lockWaitMs, signal });
    await this.trending.adopt(published);
    return freshnessOf({ ...published, isStale: false });
  }

  @Post('rollback')
  @HttpCode(200)
  @Roles('admin')
  @ApiOperation({
    summary: 'Restore the previous set',
    description: 'The current and the previous set are swapped, so a second call undoes the first.',
  })
  @ApiResponse({ status: 200, standardSchema: trendingFreshnessSchema })
  @ApiResponse({ status: 409, description: 'No previous trending set', standardSchema: problemSchema })
  async rollback(@RequestBudget() budget: RedisBudget) {
    if (!(await this.trending.rollback(budget))) throw new NoPreviousTrendingError();
    return freshnessOf(await this.trending.get(budget));
  }

  /** Looks up all movies at once. The cached JSON of each movie is sent unchanged. */
  private async moviesOf(
    budget: RedisBudget,
    ids: readonly number[],
    language: string | undefined,
    reply: FastifyReply,
  ): Promise<string[]> {
    if (ids.length === 0) return [];
    const results = await this.movies.getMany(budget, ids, language);
    void reply.header('cache-status', cacheStatus(results));
    return results.map(({ value, error }, index) => {
      if (value !== undefined) return `{"id":${ids[index]},"movie":${value}}`;
      return JSON.stringify({ id: ids[index], movie: null, note: error ? 'failed' : 'missing' });
    });
  }
}

function memberOf(trending: Trending, id: number) {
  const rank = trending.rankOf(id) ?? null;
  return { id, trending: rank !== null, rank };
}

function freshnessOf({ ids, source, updatedAtMs, isStale }: Omit<Trending, 'rankOf'>) {
  return {
    count: ids.length,
    source,
    updatedAt: updatedAtMs === null ? null : new Date(updatedAtMs).toISOString(),
    ageSeconds: updatedAtMs === null ? null : Math.max(0, Math.floor((Date.now() - updatedAtMs) / 1000)),
    stale: isStale,
  };
}
