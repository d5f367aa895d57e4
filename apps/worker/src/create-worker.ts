import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { MarqueeConfig } from '@app/config';
import { createPino, PinoLoggerService } from '@app/observability';
import { WorkerModule } from './worker.module.js';

/**
 * Creates the worker, initialized but not listening. It serves HTTP only for probes and metrics.
 *
 * @param variables used instead of the process environment and `.env`
 * @throws ConfigurationError, RedisStartupError
 */
export async function createWorker(variables?: Record<string, string>): Promise<NestFastifyApplication> {
  const app = await NestFactory.create<NestFastifyApplication>(
    await WorkerModule.register(variables),
    new FastifyAdapter({ forceCloseConnections: true, bodyLimit: 1024 }),
    { bufferLogs: true, abortOnError: false },
  );
  app.useLogger(new PinoLoggerService(createPino(app.get(MarqueeConfig).log)));
  await app.init();
  return app;
}
