import { Body, Controller, Delete, Get, HttpCode, Logger, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Roles } from '@app/auth';
import { type DeadLetterFilter, DeadLettersService } from '@app/events';
import { SkipRateLimit } from '@app/rate-limit';
import { problemSchema } from '../http/problem.dto.js';
import {
  type DeadLetterParams,
  deadLetterParamsSchema,
  deadLettersResponseSchema,
  type DeadLettersQuery,
  deadLettersQuerySchema,
  deleteAllResponseSchema,
  deletedResponseSchema,
  type DeleteQuery,
  deleteQuerySchema,
  replayAllResponseSchema,
  type ReplayBody,
  replayBodySchema,
  replayedResponseSchema,
} from './dead-letters.dto.js';

/** Lists, replays and deletes events that a consumer group could not handle. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/events/dead-letters')
export class DeadLettersAdminController {
  private readonly audit = new Logger('Audit');

  constructor(private readonly deadLetters: DeadLettersService) {}

  @Get()
  @SkipRateLimit()
  @ApiOperation({
    summary: 'List dead letters, newest first',
    description:
      'Each call examines a limited number of dead letters, so a filtered page may contain fewer than `limit`, or none, and still have a `nextCursor`.',
  })
  @ApiResponse({ status: 200, standardSchema: deadLettersResponseSchema })
  @ApiResponse({ status: 503, description: 'Redis did not respond', standardSchema: problemSchema })
  list(@Query({ schema: deadLettersQuerySchema }) { cursor, limit, ...filter }: DeadLettersQuery) {
    return this.deadLetters.list(filter, cursor, limit);
  }

  @Post('replay')
  @HttpCode(200)
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Replay matching dead letters',
    description:
      'Delivers each event again to the consumer group that could not handle it, oldest first, and to no other group. The id of the event stays the same. Repeat the call with `cursor` as long as there is a `nextCursor`.',
  })
  @ApiResponse({ status: 200, standardSchema: replayAllResponseSchema })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the operation',
    standardSchema: problemSchema,
  })
  async replayAll(
    @Body({ schema: replayBodySchema }) { cursor, limit, dryRun, ...filter }: ReplayBody,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    const { matched, done, nextCursor } = await this.deadLetters.replayAll({ filter, cursor, limit, dryRun });
    if (!dryRun) this.log(keyName, `replayed ${done} (${describe(filter)})`);
    return { matched, replayed: done, dryRun, nextCursor };
  }

  @Post(':id/replay')
  @HttpCode(200)
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Replay a dead letter',
    description: 'Delivers it again to the consumer group that could not handle it, and to no other group.',
  })
  @ApiResponse({ status: 200, standardSchema: replayedResponseSchema })
  @ApiResponse({ status: 404, description: 'Dead letter not found', standardSchema: problemSchema })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the operation',
    standardSchema: problemSchema,
  })
  async replay(
    @Param({ schema: deadLetterParamsSchema }) { id }: DeadLetterParams,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    const { group, eventId } = await this.deadLetters.replay(id);
    this.log(keyName, `replayed ${id} to ${group}`);
    return { replayed: 1, group, eventId };
  }

  @Delete()
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Delete matching dead letters',
    description:
      'Requires a filter, or `all=true`. Repeat the call with `cursor` as long as there is a `nextCursor`.',
  })
  @ApiResponse({ status: 200, standardSchema: deleteAllResponseSchema })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the operation',
    standardSchema: problemSchema,
  })
  async deleteAll(
    @Query({ schema: deleteQuerySchema }) query: DeleteQuery,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    const { cursor, limit, dryRun, group, type, session, reason } = query;
    const filter = { group, type, session, reason };
    const { matched, done, nextCursor } = await this.deadLetters.deleteAll({ filter, cursor, limit, dryRun });
    if (!dryRun) this.log(keyName, `deleted ${done} (${describe(filter)})`);
    return { matched, deleted: done, dryRun, nextCursor };
  }

  @Delete(':id')
  @SkipRateLimit()
  @ApiOperation({ summary: 'Delete a dead letter' })
  @ApiResponse({ status: 200, standardSchema: deletedResponseSchema })
  @ApiResponse({ status: 404, description: 'Dead letter not found', standardSchema: problemSchema })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the operation',
    standardSchema: problemSchema,
  })
  async delete(
    @Param({ schema: deadLetterParamsSchema }) { id }: DeadLetterParams,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    await this.deadLetters.delete(id);
    this.log(keyName, `deleted ${id}`);
    return { deleted: 1 };
  }

  /** Logs the operation and the API key that requested it. */
  private log(keyName: string | null, action: string): void {
    const who = keyName === null ? 'a local caller' : `key "${keyName}"`;
    this.audit.log(`Dead letters: ${who} ${action}`);
  }
}

/** A filter by reason may contain text from a receiver or a viewer, so only its presence is logged. */
function describe({ group, type, session, reason }: DeadLetterFilter): string {
  const parts = [
    group && `group ${group}`,
    type && `type ${type}`,
    session && `session ${session}`,
    reason && 'by reason',
  ];
  return parts.filter(Boolean).join(', ') || 'all';
}
