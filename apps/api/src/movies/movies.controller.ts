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
    summary: 'Details of a movie',
    description:
      'TMDB’s `GET /movie/{id}` with credits, videos and release dates. This product uses the TMDB API but is not endorsed or certified by TMDB.',
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
    const answer = await this.movies.get(budget, id, language);
    showCacheOutcome(reply, [answer]);
    if (answer.value === undefined) throw new MovieNotFoundError(id);
    this.views.record(id);
    void reply.type('application/json; charset=utf-8');
    return answer.value;
  }

  @Get()
  @ApiOperation({ summary: 'Details of many movies' })
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
    const answers = await this.movies.getMany(budget, ids, language);
    const errors = answers.flatMap(({ error }) => (error ? [error] : []));
    if (errors[0] && errors.length === ids.length) throw errors[0];
    const idsWhere = (matches: (answer: (typeof answers)[number]) => boolean): number[] =>
      ids.filter((_, index) => matches(answers[index] as (typeof answers)[number]));
    const rest = {
      missing: idsWhere(({ value, error }) => value === undefined && !error),
      failed: idsWhere(({ error }) => error !== undefined),
      source: this.movies.source,
    };
    showCacheOutcome(reply, answers);
    void reply.type('application/json; charset=utf-8');
    const results = answers.flatMap(({ value }) => (value === undefined ? [] : [value]));
    return `{"results":[${results.join(',')}],${JSON.stringify(rest).slice(1)}`;
  }
}
