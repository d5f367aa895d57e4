import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { rateLimitFieldNames } from '@app/rate-limit';

/** Enables CORS for these origins and exposes Marquee's response header fields to them. Without origins, CORS stays off. */
export function addCors(app: NestFastifyApplication, origins: readonly string[]): void {
  if (origins.length === 0) return;
  app.enableCors({
    origin: origins.includes('*') ? '*' : [...origins],
    methods: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: [
      'Authorization',
      'X-API-Key',
      'X-Request-Id',
      'X-User-Id',
      'Content-Type',
      'Cache-Control',
      'Idempotency-Key',
      'Last-Event-ID',
    ],
    exposedHeaders: [...rateLimitFieldNames, 'X-Request-Id', 'Cache-Status'],
    maxAge: 600,
  });
}
