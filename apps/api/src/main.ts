import { Logger } from '@nestjs/common';
import { ConfigurationError, MarqueeConfig } from '@app/config';
import { EmbeddingsService } from '@app/embeddings';
import { isPretty } from '@app/observability';
import { RedisStartupError, RedisTargets } from '@app/redis';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { banner, type Facts } from './banner.js';
import { createApp } from './create-app.js';

/** A second Ctrl-C ends at once; npm and the terminal may both deliver the first one. */
const impatienceAfterMs = 1000;

async function main(): Promise<void> {
  // The launcher's death ends what it started: before there is anything to drain at once, later by a drain.
  let onOrphaned = (): void => process.exit(1);
  if (process.send) process.once('disconnect', () => onOrphaned());
  // It may have died while this file was loading.
  if (process.send && !process.connected) process.exit(1);
  const app = await createApp();
  onOrphaned = () => process.kill(process.pid, 'SIGTERM');
  const config = app.get(MarqueeConfig);
  stopOnSignals(app);
  const { host, port } = config.http;
  try {
    // Nest's own listen() would log the error besides.
    await app.getHttpAdapter().getInstance().listen({ port, host });
  } catch (error) {
    await app.close();
    throw toListenError(error, host, port);
  }
  announce(config, factsOf(app, host));
}

function factsOf(app: NestFastifyApplication, host: string): Facts {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const shownHost =
    host === '0.0.0.0' || host === '::' ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  const embeddings = app.get(EmbeddingsService);
  return {
    url: `http://${shownHost}:${port}`,
    redis: app.get(RedisTargets).description,
    embeddings: embeddings.providerDescription,
    embeddingsModel: embeddings.models[0]?.id ?? '',
  };
}

function announce(config: MarqueeConfig, facts: Facts): void {
  if (isPretty(config.log)) process.stdout.write(banner(config, facts));
  else new Logger('Marquee').log({ msg: 'ready', version: config.version, ...facts });
}

/** Nest drains and ends the process on the first signal. */
function stopOnSignals(app: NestFastifyApplication): void {
  app.enableShutdownHooks(['SIGINT', 'SIGTERM', 'SIGHUP'], { useProcessExit: true });
  let firstMs: number | undefined;
  process.on('SIGINT', () => {
    firstMs ??= performance.now();
    if (performance.now() - firstMs > impatienceAfterMs) process.exit(130);
  });
}

class ListenError extends Error {}

function toListenError(error: unknown, host: string, port: number): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new ListenError(
        `Port ${port} on ${host} is in use. Stop what uses it, or choose another: PORT=${port + 1} npm start`,
      );
    case 'EACCES':
      return new ListenError(
        `Port ${port} needs more rights than this user has. Choose one above 1023: PORT=3000 npm start`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new ListenError(
        `HOST=${host} is no address of this machine. Use 127.0.0.1, 0.0.0.0 or one that it has.`,
      );
    default:
      return error;
  }
}

try {
  await main();
} catch (error) {
  const foreseen =
    error instanceof ConfigurationError || error instanceof RedisStartupError || error instanceof ListenError;
  process.stderr.write(`\n${foreseen ? error.message : String((error as Error).stack ?? error)}\n\n`);
  process.exit(1);
}
