import { Controller, Get, Headers, Param, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '@app/auth';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { EventHub, isStreamId } from '@app/events';
import type { RedisBudget } from '@app/redis';
import { SessionsService } from '@app/sessions';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import { RequestValidationError } from '../http/request-validation.error.js';
import { EventStreams } from './event-streams.js';
import { type SessionParams, sessionParamsSchema } from './sessions.dto.js';

/** Streams a session's events as server-sent events. */
@ApiTags('sessions')
@Controller('v1/sessions')
export class EventsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly hub: EventHub,
    private readonly streams: EventStreams,
  ) {}

  @Get(':id/events')
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description:
      'Resumes after the event with this id; 0 starts with the oldest event that is still available. If events in between are no longer available, the stream starts with a `gap` event. Without the header, the stream has only new events.',
  })
  @ApiOperation({
    summary: 'Stream the events of a session',
    description:
      'Sends the server-sent events `transcript_appended`, `transcript_completed` and `session_deleted`, each with an id, and a comment every 15 s as a heartbeat. A text longer than 4,096 bytes is truncated: `truncated` is true, and `bytes`, `chunks` and `url` tell where to read the whole text. A client that does not keep up is disconnected; it can reconnect with Last-Event-ID.',
  })
  @ApiResponse({ status: 200, content: { 'text/event-stream': { schema: { type: 'string' } } } })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  @ApiResponse({
    status: 503,
    description: 'Too many clients are listening, or Redis is unavailable',
    standardSchema: problemSchema,
  })
  async listen(
    @Param({ schema: sessionParamsSchema }) { id }: SessionParams,
    @Headers('last-event-id') lastEventId: string | undefined,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (lastEventId !== undefined && !isStreamId(lastEventId)) {
      throw new RequestValidationError([{ field: 'Last-Event-ID', message: 'must be the id of an event' }]);
    }
    await this.sessions.get(budget, tenant, id);
    // Fastify routes HEAD requests here as well.
    if (request.method === 'HEAD') return this.streams.respondToHead(reply);
    // The client disconnected during the lookup.
    if (reply.raw.destroyed) return;
    const stream = this.streams.prepare(reply);
    const subscription = this.hub.subscribe({
      sessionId: id,
      afterId: lastEventId === undefined || lastEventId.includes('-') ? lastEventId : `${lastEventId}-0`,
      send: (events) => stream.send(events),
      missing: () => stream.missing(),
      end: () => stream.end(),
      drained: () => stream.drained(),
    });
    stream.onClosed(subscription.stop);
    await subscription.live;
    stream.open();
  }
}
