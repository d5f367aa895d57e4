import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Registry } from 'prom-client';
import { MarqueeConfig } from '@app/config';
import { createPino, httpMetrics, PinoLoggerService, withoutRedaction } from '@app/observability';
import { RateLimitGuard } from '@app/rate-limit';
import { RedisTargets } from '@app/redis';
import { ApiModule } from './api.module.js';
import { addCors } from './http/cors.js';
import { addTracing } from './http/tracing.js';
import { DrainService } from './http/drain.service.js';
import { answerClientError, answerFrameworkError } from './http/early-errors.js';
import { addHttpHooks, requestIdOf } from './http/http-hooks.js';
import { addJsonBodyParser } from './http/json-body-parser.js';
import { proxyTrust } from './http/trusted-proxies.js';
import { addOpenApi } from './open-api.js';

/** How long a client may take to send a whole request, slow trickles included. */
const requestTimeoutMs = 30_000;
/** Longer than the 60 s idle time of common load balancers, or they would meet closing sockets. */
const keepAliveTimeoutMs = 65_000;

/**
 * Builds the API, initialised but not listening.
 *
 * @param variables used instead of the process environment and `.env`
 * @throws ConfigurationError, RedisStartupError
 */
export async function createApp(variables?: Record<string, string>): Promise<NestFastifyApplication> {
  let isTrustedProxy = (_address: string): boolean => false;
  const adapter = new FastifyAdapter({
    // Known only once the configuration is read.
    trustProxy: (address) => isTrustedProxy(address),
    genReqId: requestIdOf,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    forceCloseConnections: 'idle',
    // Node looks only every 30 s for requests that are over their time.
    http: { headersTimeout: requestTimeoutMs, connectionsCheckingInterval: 5_000 },
    frameworkErrors: answerFrameworkError,
    clientErrorHandler: answerClientError,
  });
  const app = await NestFactory.create<NestFastifyApplication>(await ApiModule.register(variables), adapter, {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  const config = app.get(MarqueeConfig);
  isTrustedProxy = proxyTrust(config.http.trustedProxies);
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
  const limits = app.get(RateLimitGuard);
  fastify.addHook('onRequest', (request, reply) => limits.byAddress(request, reply));
  addJsonBodyParser(fastify, config.http.bodyLimitBytes);
  addOpenApi(app, config.version);
  await app.init();
  return app;
}
