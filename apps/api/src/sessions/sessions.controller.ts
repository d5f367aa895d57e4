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
  TranscriptsService,
  type SessionWithState,
} from '@app/sessions';
import type { FastifyReply } from 'fastify';
import { LargeBody } from '../http/body/body-limits.js';
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

/** Manages the sessions of the caller's tenant. A session of another tenant is a 404, as if it did not exist. */
@ApiTags('sessions')
@ApiResponse({ status: 400, description: 'Invalid field', standardSchema: problemSchema })
@ApiResponse({
  status: 503,
  description: 'Redis did not confirm the operation; see Retry-After',
  standardSchema: problemSchema,
})
@Controller('v1')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly transcripts: TranscriptsService,
    private readonly lists: SessionListsService,
  ) {}

  @Post('sessions')
  @LargeBody({ maxBytes: 1_048_576, maxStructures: 15_000 })
  @ApiOperation({ summary: 'Create a session' })
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
  @ApiOperation({ summary: 'Read a session and renew its expiration' })
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
    summary: 'Update fields and state of a session',
    description:
      'Applies all changes of the request atomically. A null removes a field. Concurrent merges into the state do not overwrite each other.',
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
  @ApiOperation({ summary: 'Extend the expiration of a session once, up to 30 days from now' })
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
  @ApiOperation({ summary: 'Delete a session and its transcript' })
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
    description:
      'Makes retries safe: chunks sent again with the same key within an hour are appended only once',
  })
  @ApiOperation({ summary: 'Append chunks to the transcript, in order and atomically' })
  @ApiResponse({ status: 200, standardSchema: appendedSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: 'The transcript is already completed',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 413,
    description: 'The transcript would exceed its maximum size, or the tenant has reached its storage limit',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 422,
    description: 'The idempotency key was already used with different chunks',
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
    const { total, replayed } = await this.transcripts.append(budget, tenant, id, { chunks, idempotencyKey });
    if (replayed) void reply.header('idempotency-replayed', 'true');
    return { total };
  }

  @Get('sessions/:id/transcript')
  @ApiOperation({
    summary: 'Read a page of the transcript',
    description:
      'With `Accept: text/plain`, returns the whole text instead: all chunks joined by single spaces.',
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
    if (!prefersText(accept)) return this.transcripts.page(budget, tenant, id, offset, limit);
    const text = await this.transcripts.text(budget, tenant, id);
    void reply.type('text/plain; charset=utf-8');
    return text;
  }

  @Post('sessions/:id/complete')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Complete the transcript and publish the whole text to the event consumers',
    description: 'Idempotent: completing a completed transcript changes nothing.',
  })
  @ApiResponse({ status: 200, standardSchema: completedSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  complete(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Body({ schema: completeSchema }) { deleteTranscript }: CompleteBody,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<{ total: number; completedAt: string }> {
    return this.transcripts.complete(budget, tenant, id, deleteTranscript);
  }

  @Get('tenants/:id/sessions')
  @ApiOperation({
    summary: 'List the sessions of the tenant or of one of its users, most recently used first',
    description:
      'The sessions are listed without their states. A page may be short or empty even if it is not the last one: continue until `nextCursor` is null.',
  })
  @ApiResponse({ status: 200, standardSchema: sessionsPageSchema })
  @ApiResponse({ status: 404, description: "Not the caller's tenant", standardSchema: problemSchema })
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
    summary: 'Delete the sessions of a user and their transcripts',
    description: 'Deletes up to `limit` sessions. Repeat the call until `complete` is true.',
  })
  @ApiResponse({ status: 200, standardSchema: sessionsDeletedSchema })
  @ApiResponse({ status: 404, description: "Not the caller's tenant", standardSchema: problemSchema })
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

/** Returns true if the client accepts `text/plain` with a higher weight than JSON (RFC 9110, section 12.5.1). */
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
