import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { endRequestSpan, startRequestSpan, startTracing } from '@app/observability';

/** Exports one span per request to the collector until the app closes. */
export async function addTracing(
  app: NestFastifyApplication,
  endpoint: string,
  version: string,
): Promise<void> {
  const stop = await startTracing(endpoint, 'marquee-api', version);
  const fastify = app.getHttpAdapter().getInstance();
  fastify.addHook('onRequest', (request, reply, done) => {
    const { span, within } = startRequestSpan(request.method, request.routeOptions.url, request.headers);
    reply.raw.once('close', () => endRequestSpan(span, reply.statusCode, request.id));
    within(done);
  });
  fastify.addHook('onClose', stop);
}
