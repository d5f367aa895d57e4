import { IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { writeProblem } from './early-errors.js';
import { HttpError } from './http.error.js';

/** Limits on how long, and for how many bytes, an unwanted body is still read. */
const maxLingerMs = 2_000;
const maxLingerBytes = 33_554_432;
const checkIntervalMs = 100;
/** Maximum number of lingering connections; further ones are closed immediately. */
const maxLingering = 128;
const discard = (): void => undefined;

/** Returns whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
}

/** Maximum number of pipelined requests per connection. Browsers and proxies do not pipeline. */
const maxPipelined = 32;

/** Discards the rest of a body as it is parsed. */
export function discardBody(request: Readable): void {
  // Requests created by Fastify's `inject` have no connection.
  if (!(request instanceof IncomingMessage)) return;
  // Node itself calls this for unread bodies.
  // oxlint-disable-next-line no-underscore-dangle -- there is no public API for it
  (request as IncomingMessage & { _dump(): void })._dump();
}

/**
 * Closes connections on which a client pipelines too many requests. Node dispatches everything it reads from a socket at
 * once, which can be over a thousand small requests, before it serves other clients.
 */
export function limitPipelining(server: Server): void {
  const waiting = new WeakMap<Socket, number>();
  const isTooMany = ({ socket }: IncomingMessage, response: ServerResponse): boolean => {
    if (socket.destroyed) return true;
    const count = (waiting.get(socket) ?? 0) + 1;
    if (count > maxPipelined) {
      socket.destroy();
      return true;
    }
    waiting.set(socket, count);
    response.once('close', () => waiting.set(socket, (waiting.get(socket) ?? 1) - 1));
    return false;
  };
  const handlers = server.listeners('request') as RequestListener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    // A response has no socket while earlier responses are pending on it.
    if (response.socket === null && isTooMany(request, response)) return;
    for (const handle of handlers) handle(request, response);
  });
}

/**
 * Closes a connection when the response is sent before the body has been read: the rest of the body must not be parsed as
 * the next request, and reading all of it would be wasted work. The response is sent first, and what the client is still
 * sending is discarded for a short time: closing immediately would reset the connection, and many clients would then lose
 * the response.
 */
export function closeUnreadBodies(fastify: FastifyInstance): void {
  const lingering = new Lingering();
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    if (!raw.complete && hasBody(raw) && raw instanceof IncomingMessage) {
      void reply.header('connection', 'close');
      discardBody(raw);
      lingering.closeLater(raw);
    }
    done(null, payload);
  });
}

/**
 * Sends "100 Continue" only when the body is about to be read: a rejected request gets its final status instead, and the
 * client never sends the body.
 *
 * @param wait called with each request whose client waits for "100 Continue"
 */
export function addExpectations(server: Server, wait: (request: IncomingMessage) => void): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    wait(request);
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const detail = 'Expect: only 100-continue is supported';
    writeProblem(response, new HttpError('expectation-failed', 417, detail));
  });
}

/**
 * Makes a flowing socket discard its data without parsing it: chunks of one byte would make parsing a thousand times as
 * expensive. Adding a listener detaches Node's parser from the socket; the listener that then feeds the parser is removed.
 */
function takeFromParser(socket: Socket): void {
  socket.on('data', discard).removeAllListeners('data').on('data', discard);
}

class Lingering {
  private readonly ends = new Map<Socket, { untilMs: number; untilBytes: number }>();
  private timer: NodeJS.Timeout | undefined;

  /** Half-closes the connection after the response, and closes it completely later. */
  closeLater(request: IncomingMessage): void {
    const { socket } = request;
    if (this.ends.size >= maxLingering) return;
    // Node calls this after the last response of a connection.
    socket.destroySoon = () => {
      socket.end();
      socket.pause().resume();
      setImmediate(() => takeFromParser(socket));
      this.ends.set(socket, {
        untilMs: performance.now() + maxLingerMs,
        untilBytes: socket.bytesRead + maxLingerBytes,
      });
      socket.once('close', () => this.ends.delete(socket));
      this.timer ??= setInterval(() => this.check(), checkIntervalMs).unref();
    };
  }

  private check(): void {
    const nowMs = performance.now();
    for (const [socket, { untilMs, untilBytes }] of this.ends) {
      if (nowMs > untilMs || socket.bytesRead > untilBytes) socket.destroy();
    }
    if (this.ends.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}
