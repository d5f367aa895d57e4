import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { MarqueeConfig } from '@app/config';

/** Drains HTTP at shutdown: stops accepting work, and lets requests in progress finish within a time limit. */
@Injectable()
export class DrainService implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Shutdown');
  private readonly sockets = new Set<Socket>();
  private draining = false;

  constructor(
    private readonly config: MarqueeConfig,
    private readonly adapters: HttpAdapterHost,
  ) {}

  get isDraining(): boolean {
    return this.draining;
  }

  onApplicationBootstrap(): void {
    this.server.on('connection', (socket: Socket) => {
      this.sockets.add(socket);
      socket.once('close', () => this.sockets.delete(socket));
    });
  }

  /** The first of Nest's shutdown hooks. Redis closes in the last one, after HTTP has drained. */
  onModuleDestroy(): void {
    this.draining = true;
    const { server } = this;
    if (!server.listening) return;
    const { shutdownTimeoutMs } = this.config.http;
    this.logger.log('Draining: finishing requests in progress');
    server.closeIdleConnections();
    // Browsers and load balancers open sockets in advance. Node does not count those as idle before their first request.
    for (const socket of this.sockets) if (socket.bytesRead === 0) socket.destroy();
    setTimeout(() => {
      this.logger.error(
        `Not drained within ${shutdownTimeoutMs} ms (SHUTDOWN_TIMEOUT_MS); closing the remaining connections`,
      );
      server.closeAllConnections();
    }, shutdownTimeoutMs).unref();
  }

  private get server(): Server {
    return this.adapters.httpAdapter.getHttpServer();
  }
}
