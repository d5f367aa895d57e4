import type { Server } from 'node:http';
import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MarqueeConfig } from '@app/config';

/** Shutdown: new work is turned away, work under way is finished, and a bound is kept on both. */
@Injectable()
export class DrainService implements OnModuleDestroy {
  private readonly logger = new Logger('Shutdown');
  private draining = false;

  constructor(
    private readonly config: MarqueeConfig,
    private readonly adapters: HttpAdapterHost,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  /** Nest calls this first of its shutdown hooks; Redis closes in the last, when HTTP is done. */
  onModuleDestroy(): void {
    this.draining = true;
    const server: Server = this.adapters.httpAdapter.getHttpServer();
    if (!server.listening) return;
    const { shutdownTimeoutMs } = this.config.http;
    this.logger.log('Draining: finishing what is under way');
    server.closeIdleConnections();
    setTimeout(() => {
      this.logger.error(
        `Not drained within ${shutdownTimeoutMs} ms (SHUTDOWN_TIMEOUT_MS); cutting what is left`,
      );
      server.closeAllConnections();
    }, shutdownTimeoutMs).unref();
  }
}
