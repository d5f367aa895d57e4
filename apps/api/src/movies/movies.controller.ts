import { Controller, Get, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { RedisBudget } from '@app/redis';
import { MoviesService } from '@app/tmdb';
import { ViewsService } from '@app/trending';
import type { FastifyReply } from 'fastify';
import { problemSchema } from '../http/problem.dto.js';
import { showCacheOutcome } from '../http/cache-outcome.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { MovieNotFoundError } from './movie-not-found.error.js';
import {
  movieResponseSchema,
  type MovieParams,
  movieParamsSchema,
  type MovieQuery,
  movieQuerySchema,
  moviesResponseSchema,
  type MoviesQuery,
  moviesQuerySchema,
} from './movies.dto.js';

/** Serves movie details from TMDB, cached. The cached JSON is sent unchanged. */
@ApiTags('movies')
@Controller('v1/movies')
export class MoviesController {
  constructor(
    private readonly movies: MoviesService,
    private readonly views: ViewsService,
  ) {}

  @Get(':id')
  @ApiOperation({
    summary: 'Get the details of a movie',
    description:
      'Returns TMDB’s `GET /movie/{id}` with credits, videos and release dates. This product uses the TMDB API but is not endorsed or certified by TMDB.',
  })
  @ApiResponse({ status: 200, standardSchema: movieResponseSchema })
  @ApiResponse({
    status: 400,
    description: 'Invalid id or language',
    standardSchema: problemSchema,
  })
  @ApiResponse({ status: 404, description: 'Movie not found', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'TMDB failed; see Retry-After', standardSchema: problemSchema })
  async one(
    @Param({ schema: movieParamsSchema }) { id }: MovieParams,
    @Query({ schema: movieQuerySchema }) { language }: MovieQuery,
    @RequestBudget() budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const result = await this.movies.get(budget, id, language);
    showCacheOutcome(reply, [result]);
    if (result.value === undefined) throw new MovieNotFoundError(id);
    this.views.record(id);
    void reply.type('application/json; charset=utf-8');
    return result.value;
  }

  @Get()
  @ApiOperation({ summary: 'Get the details of several movies' })
  @ApiResponse({ status: 200, standardSchema: moviesResponseSchema })
  @ApiResponse({
    status: 400,
    description: 'Invalid id or language',
    standardSchema: problemSchema,
  })
  @ApiResponse({ status: 503, description: 'TMDB failed for all movies', standardSchema: problemSchema })
  async many(
    @Query({ schema: moviesQuerySchema }) { ids, language }: MoviesQuery,
    @RequestBudget() budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    const results = await this.movies.getMany(budget, ids, language);
    const errors = results.flatMap(({ error }) => (error ? [error] : []));
    if (errors[0] && errors.length === ids.length) throw errors[0];
    const idsWhere = (matches: (result: (typeof results)[number]) => boolean): number[] =>
      ids.filter((_, index) => matches(results[index] as (typeof results)[number]));
    const rest = {
      missing: idsWhere(({ value, error }) => value === undefined && !error),
      failed: idsWhere(({ error }) => error !== undefined),
      source: this.movies.source,
    };
    showCacheOutcome(reply, results);
    void reply.type('application/json; charset=utf-8');
    const movies = results.flatMap(({ value }) => (value === undefined ? [] : [value]));
    return `{"results":[${movies.join(',')}],${JSON.stringify(rest).slice(1)}`;
  }
}
