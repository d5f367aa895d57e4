import { Readable } from 'node:stream';
import {
  Body,
  Controller,
  Get,
  Headers,
  HttpCode,
  Logger,
  Post,
  Put,
  Query,
  Res,
  UnsupportedMediaTypeException,
} from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Roles } from '@app/auth';
import { SkipRateLimit } from '@app/rate-limit';
import { progressOf } from '@app/redis';
import { type ImportResult, IndexAdminService, IndexImporter } from '@app/search';
import type { FastifyReply } from 'fastify';
import { abortOnDisconnect } from '../http/abort-on-disconnect.js';
import { StreamedBody } from '../http/body/streamed-body.js';
import { problemSchema } from '../http/problem.dto.js';
import {
  type ImportQuery,
  importQuerySchema,
  importResponseSchema,
  indexResponseSchema,
  rebuildResponseSchema,
} from './index-admin.dto.js';
import { reportOf } from './progress-report.js';

const ndjson = 'application/x-ndjson';

/** Shows, rebuilds and replaces the search index. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/index')
export class IndexAdminController {
  private readonly audit = new Logger('Audit');

  constructor(
    private readonly index: IndexAdminService,
    private readonly importer: IndexImporter,
  ) {}

  @Get()
  @SkipRateLimit()
  @ApiOperation({ summary: 'Source, version, size and age of the search index; progress and last error' })
  @ApiResponse({ status: 200, standardSchema: indexResponseSchema })
  @ApiResponse({ status: 503, description: 'The index is still loading', standardSchema: problemSchema })
  async state() {
    const { index, published, activity, lastError, rebuildRequestedAt } = await this.index.state();
    const { version, source, movies, updatedAt, model } = index;
    return {
      version,
      source,
      movies,
      updatedAt,
      model: model ?? null,
      ageSeconds: Math.max(0, Math.round((Date.now() - updatedAt.getTime()) / 1000)),
      published: published
        ? {
            version: published.version,
            source: published.source,
            movies: published.movies,
            updatedAt: published.updatedAt,
            model: published.model,
            bytes: published.bytes,
            chunks: published.chunks,
          }
        : null,
      activity: activity ?? null,
      lastError: lastError ?? null,
      rebuildRequestedAt: rebuildRequestedAt ?? null,
    };
  }

  @Post('rebuild')
  @HttpCode(202)
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Rebuild the search index from its source',
    description:
      'Queues a rebuild for the worker: from TMDB if it is configured, otherwise from the bundled catalogue. It replaces imported movies.',
  })
  @ApiResponse({ status: 202, standardSchema: rebuildResponseSchema })
  @ApiResponse({ status: 409, description: 'A rebuild is in progress', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not confirm it', standardSchema: problemSchema })
  async rebuild(@CurrentPrincipal() { keyName }: Principal) {
    await this.index.requestRebuild();
    this.audit.log(`Index: ${nameOf(keyName)} requested a rebuild`);
    return { state: 'queued' as const };
  }

  @Put('movies')
  @StreamedBody()
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Replace the search index with your own movies',
    description:
      'Reads one movie per line (NDJSON). If a line is invalid, nothing is imported, and the errors name the lines, unless `partial=true`. With `Accept: application/x-ndjson`, the response is one line of progress per step and finally the result. Disconnecting cancels the import.',
  })
  @ApiConsumes(ndjson)
  @ApiBody({ schema: { type: 'string' }, description: 'One JSON object per line; see docs/indexing.md' })
  @ApiResponse({
    status: 200,
    standardSchema: importResponseSchema,
  })
  @ApiResponse({
    status: 409,
    description: 'Another import or a build is in progress',
    standardSchema: problemSchema,
  })
  @ApiResponse({ status: 503, description: 'The index was not published', standardSchema: problemSchema })
  async import(
    @Body() body: unknown,
    @Query({ schema: importQuerySchema }) { partial }: ImportQuery,
    @Headers('accept') accept: string | undefined,
    @CurrentPrincipal() { keyName }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ) {
    if (!(body instanceof Readable)) throw new UnsupportedMediaTypeException();
    const signal = abortOnDisconnect(reply);
    const run = async (onProgress?: (progress: object) => void) => {
      const result = await this.importer.import(body, {
        partial,
        signal,
        ...(onProgress ? { onProgress } : {}),
      });
      this.audit.log(`Index: ${nameOf(keyName)} imported ${result.movies} movies`);
      return toResponse(result);
    };
    if (!accept?.includes(ndjson)) return run();
    const progress = progressOf<object>(async (report) => report(await run(report)));
    return reportOf(reply, progress);
  }
}

const nameOf = (keyName: string | null): string =>
  keyName === null ? 'a caller of this machine' : `key "${keyName}"`;

const toResponse = ({ faults, ...result }: ImportResult) => ({
  ...result,
  errors: faults.map(({ line, message }) => ({ field: `line ${line}`, message })),
});
