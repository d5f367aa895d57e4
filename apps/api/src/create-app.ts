import type { Socket } from 'node:net';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { MarqueeConfig } from '@app/config';
import { createPino, httpMetrics, PinoLoggerService, withoutRedaction } from '@app/observability';
import { RedisTargets } from '@app/redis';
import { ApiModule } from './api.module.js';
import { addCors } from './http/cors.js';
import { addTracing } from './http/tracing.js';
import { DrainService } from './http/drain.service.js';
import { handleFrameworkError, clientErrorHandler } from './http/early-errors.js';
import { addHttpHooks, requestIdOf } from './http/http-hooks.js';
import { addRequestPipeline } from './http/request-pipeline.js';
import { addOpenApi } from './open-api/open-api.js';

/** Time limits for receiving a whole request, and its header. */
const requestTimeoutMs = 30_000;
const headersTimeoutMs = 10_000;
/** URL and header fields together. */
const maxHeaderBytes = 16_384;
/** An id of 128 characters, each percent-encoded. */
const maxParamLength = 384;
/** Longer than the 60 s idle timeout of common load balancers, which would otherwise reuse sockets that are closing. */
const keepAliveTimeoutMs = 65_000;

/**
 * Creates and initializes the API without listening.
 *
 * @param variables used instead of the process environment and `.env`
 * @throws ConfigurationError, RedisStartupError
 */
export async function createApp(variables?: Record<string, string>): Promise<NestFastifyApplication> {
  // The failure limiter is available only after the app is created.
  let countMalformed = (_socket: Socket): void => undefined;
  const adapter = new FastifyAdapter({
    genReqId: requestIdOf,
    routerOptions: { maxParamLength },
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    // By default, Node checks for timed-out requests only every 30 s.
    http: {
      headersTimeout: headersTimeoutMs,
      connectionsCheckingInterval: 5_000,
      maxHeaderSize: maxHeaderBytes,
    },
    frameworkErrors: handleFrameworkError,
    clientErrorHandler: clientErrorHandler((socket) => countMalformed(socket)),
  });
  const app = await NestFactory.create<NestFastifyApplication>(await ApiModule.register(variables), adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  const config = app.get(MarqueeConfig);
  const logger = createPino(config.log);
  app.useLogger(new PinoLoggerService(logger));

  const fastify = app.getHttpAdapter().getInstance();
  const redis = app.get(RedisTargets).client('cache');
  fastify.decorateRequest('redisBudget');
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.redisBudget = redis.newBudget();
    done();
  });
  addHttpHooks(fastify, {
    drain: app.get(DrainService),
    accessLog: withoutRedaction(logger),
    hitsShare: config.log.hitsShare,
    observe: httpMetrics(app.get(Registry)),
  });
  if (config.tracing.endpoint !== undefined) await addTracing(app, config.tracing.endpoint, config.version);
  addCors(app, config.http.corsOrigins);
  countMalformed = addRequestPipeline(app);
  addOpenApi(app, config.version);
  await app.init();
  return app;
}
