import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  Param,
  Patch,
  Post,
  Query,
  Res,
} from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '@app/auth';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { RedisBudget } from '@app/redis';
import {
  SessionListsService,
  SessionNotFoundError,
  type SessionPage,
  SessionsService,
  type SessionWithState,
} from '@app/sessions';
import type { FastifyReply } from 'fastify';
import { LargeBody } from '../http/body/body-bounds.js';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { RequestValidationError } from '../http/request-validation.error.js';
import {
  type AppendBody,
  appendedSchema,
  appendSchema,
  type CompleteBody,
  completedSchema,
  completeSchema,
  type CreateSession,
  createSessionSchema,
  type DeleteQuery,
  deleteQuerySchema,
  type ExtendSession,
  extendSessionSchema,
  idempotencyKeySchema,
  type ListQuery,
  listQuerySchema,
  type PageQuery,
  pageQuerySchema,
  type PatchSession,
  patchSessionSchema,
  type SessionParams,
  sessionParamsSchema,
  sessionSchema,
  sessionsDeletedSchema,
  sessionsPageSchema,
  transcriptSchema,
} from './sessions.dto.js';

/** Sessions of the caller's tenant. Another tenant's session is a 404, like one that there is not. */
@ApiTags('sessions')
@ApiResponse({ status: 400, description: 'A field is not valid', standardSchema: problemSchema })
@ApiResponse({
  status: 503,
  description: 'Redis did not confirm it; see Retry-After',
  standardSchema: problemSchema,
})
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly lists: SessionListsService,
  ) {}

  @Post('sessions')
  @LargeBody({ maxBytes: 1_048_576, maxStructures: 15_000 })
  @ApiOperation({ summary: 'Begin a session' })
  @ApiResponse({ status: 201, standardSchema: sessionSchema })
  async create(
    @Body({ schema: createSessionSchema }) draft: CreateSession,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<SessionWithState> {
    const session = await this.sessions.create(budget, tenant, draft);
    void reply.header('location', `/v1/sessions/${session.id}`);
    return session;
  }

  @Get('sessions/:id')
  @ApiOperation({ summary: 'Read a session; it lives on' })
  @ApiResponse({ status: 200, standardSchema: sessionSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  get(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<SessionWithState> {
    return this.sessions.get(budget, tenant, id);
  }

  @Patch('sessions/:id')
  @LargeBody({ maxBytes: 1_048_576, maxStructures: 15_000 })
  @ApiOperation({
    summary: 'Change fields and state of a session; null removes',
    description:
      'All changes of a request are made at once, or none is. Concurrent merges into the state lose nothing.',
  })
  @ApiResponse({ status: 200, standardSchema: sessionSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  patch(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Body({ schema: patchSessionSchema }) patch: PatchSession,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<SessionWithState> {
    return this.sessions.patch(budget, tenant, id, patch);
  }

  @Post('sessions/:id/extend')
  @HttpCode(200)
  @ApiOperation({ summary: 'Let a session live longer once: up to thirty days from now' })
  @ApiResponse({ status: 200, standardSchema: sessionSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  extend(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Body({ schema: extendSessionSchema }) { ttlSeconds }: ExtendSession,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<SessionWithState> {
    return this.sessions.extend(budget, tenant, id, ttlSeconds);
  }

  @Delete('sessions/:id')
  @HttpCode(204)
  @ApiOperation({ summary: 'Delete a session with its transcript' })
  @ApiResponse({ status: 204 })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  delete(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<void> {
    return this.sessions.delete(budget, tenant, id);
  }

  @Post('sessions/:id/transcript')
  @LargeBody()
  @HttpCode(200)
  @ApiHeader({
    name: 'Idempotency-Key',
    required: false,
    description: 'Tried again with the same key within an hour, the chunks are appended once',
  })
  @ApiOperation({ summary: 'Append chunks to the transcript, in order, all or none' })
  @ApiResponse({ status: 200, standardSchema: appendedSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  @ApiResponse({ status: 409, description: 'The transcript is completed', standardSchema: problemSchema })
  @ApiResponse({
    status: 413,
    description: 'The transcript would be too large, or the tenant holds as much as it may',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 422,
    description: 'The key came with other chunks before',
    standardSchema: problemSchema,
  })
  async append(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Body({ schema: appendSchema }) { chunks }: AppendBody,
    @Headers('idempotency-key') key: string | undefined,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<{ total: number }> {
    const idempotencyKey = key === undefined ? undefined : checkedKey(key);
    const { total, replayed } = await this.sessions.append(budget, tenant, id, { chunks, idempotencyKey });
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return { total };
  }

  @Get('sessions/:id/transcript')
  @ApiOperation({
    summary: 'Read a page of the transcript',
    description: 'With `Accept: text/plain` the whole text, the chunks joined by single spaces.',
  })
  @ApiResponse({ status: 200, standardSchema: transcriptSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  async transcript(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Query({ schema: pageQuerySchema }) { offset, limit }: PageQuery,
    @Headers('accept') accept: string | undefined,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string | { chunks: string[]; total: number }> {
    void reply.header('vary', 'accept');
    if (!prefersText(accept)) return this.sessions.transcript(budget, tenant, id, offset, limit);
    const text = await this.sessions.text(budget, tenant, id);
    void reply.type('text/plain; charset=utf-8');
    return text;
  }

  @Post('sessions/:id/complete')
  @HttpCode(200)
  @ApiOperation({
    summary: 'End the transcript, and hand consumers the whole text. Once more it changes nothing',
  })
  @ApiResponse({ status: 200, standardSchema: completedSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  complete(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Body({ schema: completeSchema }) { deleteTranscript }: CompleteBody,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<{ total: number; completedAt: string }> {
    return this.sessions.complete(budget, tenant, id, deleteTranscript);
  }

  @Get('tenants/:id/sessions')
  @ApiOperation({
    summary: "The tenant's sessions, or those of one of its users, last used first",
    description:
      'Without their states. A page may be short or empty before the last one: continue while there is a `nextCursor`.',
  })
  @ApiResponse({ status: 200, standardSchema: sessionsPageSchema })
  @ApiResponse({ status: 404, description: 'Another tenant', standardSchema: problemSchema })
  list(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Query({ schema: listQuerySchema }) { userId, limit, cursor }: ListQuery,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<SessionPage> {
    if (id !== tenant) throw new SessionNotFoundError();
    return this.lists.list(budget, { tenantId: tenant, userId }, limit, cursor);
  }

  @Delete('tenants/:id/sessions')
  @ApiOperation({
    summary: 'Delete the sessions of a user with their transcripts',
    description: 'Deletes up to `limit` sessions. Repeat the call until `complete` is true.',
  })
  @ApiResponse({ status: 200, standardSchema: sessionsDeletedSchema })
  @ApiResponse({ status: 404, description: 'Another tenant', standardSchema: problemSchema })
  deleteOfUser(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Query({ schema: deleteQuerySchema }) { userId, limit }: DeleteQuery,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<{ deleted: number; complete: boolean }> {
    if (id !== tenant) throw new SessionNotFoundError();
    return this.lists.delete(budget, { tenantId: tenant, userId }, limit);
  }
}

/** `text/plain` where it is named, and JSON is not or less wanted (RFC 9110, section 12.5.1). */
function prefersText(accept = ''): boolean {
  const weightOf = (type: string): number => {
    const range = accept.split(',').find((part) => part.split(';')[0]?.trim().toLowerCase() === type);
    return range === undefined ? 0 : Number(/;\s*q=([\d.]+)/i.exec(range)?.[1] ?? 1);
  };
  return weightOf('text/plain') > weightOf('application/json');
}

function checkedKey(key: string): string {
  const { data, error } = idempotencyKeySchema.safeParse(key);
  if (data !== undefined) return data;
  throw new RequestValidationError([{ field: 'Idempotency-Key', message: error.issues[0]?.message ?? '' }]);
}
