import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { Controller, Delete, Logger, Query, Res } from '@nestjs/common';
import { CurrentPrincipal, type Principal, Roles } from '@app/auth';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { type SessionPurgeProgress, SessionPurgeService } from '@app/sessions';
import type { FastifyReply } from 'fastify';
import { abortOnDisconnect } from '../http/abort-on-disconnect.js';
import { problemSchema } from '../http/problem.dto.js';
import { reportOf } from './progress-report.js';
import { type PurgeSessionsQuery, purgeSessionsQuerySchema } from './sessions-admin.dto.js';

/** Deletes sessions of any tenant. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/sessions')
export class SessionsAdminController {
  private readonly audit = new Logger('Audit');

  constructor(private readonly purges: SessionPurgeService) {}

  @Delete()
  @ApiOperation({
    summary: 'Delete sessions by tenant, by user or by key pattern',
    description:
      'Deletes the sessions that match all given glob patterns, with their transcripts and index entries. Finds keys with SCAN, at a limited rate. Streams one line of progress per page, and finally the totals. If `limited` is true, the limit was reached: repeat the call.',
  })
  @ApiResponse({
    status: 200,
    description: 'One JSON object per line',
    content: { 'application/x-ndjson': { schema: { type: 'string' } } },
  })
  @ApiResponse({ status: 503, description: 'Redis did not respond', standardSchema: problemSchema })
  purge(
    @Query({ schema: purgeSessionsQuerySchema }) query: PurgeSessionsQuery,
    @CurrentPrincipal() { keyName }: Principal,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<Readable> {
    const { dryRun, limit, ...filter } = query;
    const signal = abortOnDisconnect(reply);
    const progress = this.purges.purge(filter, { dryRun, maxSessions: limit, signal });
    return reportOf(reply, this.audited(keyName, query, progress));
  }

  /** Logs who deleted what, even if the purge ends early. User ids are hashed because they may be email addresses. */
  private async *audited(
    keyName: string | null,
    { tenantId, userId, pattern, dryRun }: PurgeSessionsQuery,
    source: AsyncGenerator<SessionPurgeProgress>,
  ): AsyncGenerator<SessionPurgeProgress> {
    let last: SessionPurgeProgress | undefined;
    try {
      for await (const progress of source) yield (last = progress);
    } finally {
      const who = keyName === null ? 'a local caller' : `key "${keyName}"`;
      const what = [
        tenantId === undefined ? [] : `tenant "${tenantId}"`,
        userId === undefined ? [] : `user sha256:${digestOf(userId)}`,
        pattern === undefined ? [] : `pattern sha256:${digestOf(pattern)}`,
      ].flat();
      const { matched = 0, deleted = 0, otherKeys = 0 } = last ?? {};
      this.audit.log(
        `Sessions: ${who} ${dryRun ? 'counted' : 'purged'} ${what.join(', ')}: ${matched} matched, ${deleted} deleted, ${otherKeys} other keys`,
      );
    }
  }
}

const digestOf = (text: string): string =>
  createHash('sha256').update(text, 'utf8').digest('hex').slice(0, 16);
