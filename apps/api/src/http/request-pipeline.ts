import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Authenticator } from '@app/auth';
import { MarqueeConfig } from '@app/config';
import { FailureLimiter, RateLimitGuard } from '@app/rate-limit';
import { BodyReader } from './body/body-reader.js';
import { addJsonBodyParser } from './body/json-body-parser.js';
import { addNdjsonBodyParser } from './body/ndjson-body-parser.js';
import { ReceiveBuffer } from './body/receive-buffer.js';
import { ClientAddresses } from './client-address.js';
import { addExpectations, closeUnreadBodies, limitPipelining } from './connections.js';
import { RequestGate } from './request-gate.js';
import { proxyTrust } from './trusted-proxies.js';

/**
 * Adds everything that a request passes through before its handler: the gate, which decides by the request header alone, and
 * the parsing of the bodies of admitted requests.
 *
 * @returns a function to call with a socket whose client sent invalid HTTP
 */
export function addRequestPipeline(app: NestFastifyApplication): (socket: Socket) => void {
  const fastify = app.getHttpAdapter().getInstance();
  const server: Server = app.getHttpServer();
  const { trustedProxies, bodyLimitBytes, receiveBufferBytes } = app.get(MarqueeConfig).http;
  const addresses = new ClientAddresses(proxyTrust(trustedProxies));
  const authenticator = app.get(Authenticator);
  const failures = app.get(FailureLimiter);
  const limits = app.get(RateLimitGuard);
  const buffer = new ReceiveBuffer(Math.max(receiveBufferBytes, bodyLimitBytes));
  const bodies = new BodyReader({ limitBytes: bodyLimitBytes, buffer, limits });

  new RequestGate({ addresses, authenticator, failures, limits }).addTo(fastify);
  closeUnreadBodies(fastify);
  limitPipelining(server);
  addExpectations(server, (request) => bodies.expectContinue(request));
  // By default, Node drops header fields beyond a maximum, such as those that a proxy appended. The gate counts them instead.
  server.maxHeadersCount = 0;
  addJsonBodyParser(fastify, bodies);
  addNdjsonBodyParser(fastify, bodies);

  return (socket) => {
    const { address, isTrusted } = addresses.peerOf(socket);
    if (authenticator.usesKeys && !isTrusted) void failures.countWithoutRequest(address);
  };
}
