import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isOpenAiRoute, toOpenAiError } from './openai-error.js';
import { type Problem, problem, toBody } from './problem.js';
import { toProblem } from './to-problem.js';

/** Renders every error: as RFC 9457 problem details, and in OpenAI's shape where OpenAI's SDKs call. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const rendered = toProblem(error) ?? this.unforeseen(error, request);
    if (rendered.status >= 500) this.logger.warn(`${request.id} ${rendered.status} ${rendered.detail}`);
    if (reply.sent) return;
    void reply.status(rendered.status).header('cache-control', 'no-store');
    if (rendered.status === 401) void reply.header('www-authenticate', 'Bearer realm="marquee"');
    if (rendered.retryAfterSeconds !== undefined)
      void reply.header('retry-after', rendered.retryAfterSeconds);
    if (isOpenAiRoute(request.url)) {
      void reply.type('application/json').send(toOpenAiError(rendered));
      return;
    }
    void reply.type('application/problem+json').send(toBody(rendered, request.id));
  }

  private unforeseen(error: unknown, request: FastifyRequest): Problem {
    this.logger.error(error instanceof Error ? error : String(error));
    return problem(
      'internal',
      500,
      'Something went wrong here',
      `Quote request ${request.id} when you report this.`,
    );
  }
}
