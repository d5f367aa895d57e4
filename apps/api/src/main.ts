import { Logger } from '@nestjs/common';
import { ApiKeysService } from '@app/auth';
import { ConfigurationError, MarqueeConfig } from '@app/config';
import { EmbeddingsService } from '@app/embeddings';
import { isPretty } from '@app/observability';
import { drainOnSignals, listen, ListenError, runProgram } from '@app/program';
import { QueryUnderstandingService } from '@app/query-understanding';
import { RedisStartupError, RedisTargets } from '@app/redis';
import { MoviesService } from '@app/tmdb';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { banner, type Facts } from './banner.js';
import { createApp } from './create-app.js';

await runProgram(async () => {
  const app = await createApp();
  drainOnSignals(app);
  const config = app.get(MarqueeConfig);
  const { host, port } = config.http;
  const url = await listen(app, host, port, 'PORT');
  announce(config, factsOf(app, url));
  // The launcher starts the worker on the same Redis.
  process.send?.({ ready: true, embeddedRedis: app.get(RedisTargets).embeddedUrl ?? null });
}, [ConfigurationError, RedisStartupError, ListenError]);

function factsOf(app: NestFastifyApplication, url: string): Facts {
  const embeddings = app.get(EmbeddingsService);
  return {
    url,
    access: app.get(ApiKeysService).description,
    redis: app.get(RedisTargets).description,
    embeddings: embeddings.providerDescription,
    embeddingsModel: embeddings.models[0]?.id ?? '',
    understanding: app.get(QueryUnderstandingService).description,
    movies: app.get(MoviesService).providerDescription,
  };
}

function announce(config: MarqueeConfig, facts: Facts): void {
  if (isPretty(config.log)) process.stdout.write(banner(config, facts));
  else new Logger('Marquee').log({ msg: 'ready', version: config.version, ...facts });
}
