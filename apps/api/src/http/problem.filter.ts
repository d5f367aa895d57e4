import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { DomainError } from '@app/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { fromFramework } from './framework-errors.js';
import { InternalError } from './http.error.js';
import { isOpenAiRoute, toOpenAiError } from './openai-error.js';
import { toProblem } from './to-problem.js';

/** Renders every error: as RFC 9457 problem details, or in OpenAI's format on the routes that OpenAI's SDKs call. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error =
      thrown instanceof DomainError ? thrown : (fromFramework(thrown) ?? this.unexpected(thrown, request.id));
    if (error.status >= 500) this.logger.warn(`${request.id} ${error.status} ${error.message}`);
    if (reply.sent) return;
    void reply.status(error.status).header('cache-control', 'no-store');
    if (error.status === 401) void reply.header('www-authenticate', 'Bearer realm="marquee"');
    if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
    if (isOpenAiRoute(request.url)) void reply.type('application/json').send(toOpenAiError(error));
    else void reply.type('application/problem+json').send(toProblem(error, request.id));
  }

  private unexpected(error: unknown, requestId: string): DomainError {
    this.logger.error(error instanceof Error ? error : String(error));
    return new InternalError(requestId);
  }
}
