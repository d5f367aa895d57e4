import { IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { FastifyInstance } from 'fastify';
import { writeProblem } from './early-errors.js';
import { HttpError } from './http.error.js';

/** How long, and for how many bytes, a body that nobody wants is still taken off the wire. */
const maxLingerMs = 2_000;
const maxLingerBytes = 33_554_432;
const checkIntervalMs = 100;
/** Connections that linger at once; more are closed at once. */
const maxLingering = 128;
const discard = (): void => undefined;

/** Whether a request announces a body. */
export function hasBody({ headers }: IncomingMessage): boolean {
  const length = headers['content-length'];
  return (length !== undefined && length !== '0') || headers['transfer-encoding'] !== undefined;
}

/** Requests that may wait on one connection for answers to earlier ones. Browsers and proxies send none ahead. */
const maxPipelined = 32;

/** Drops the rest of a body as it is parsed: nothing of it is kept, or told to anyone. */
export function discardBody(request: Readable): void {
  // Requests that Fastify's `inject` makes up have no connection.
  if (!(request instanceof IncomingMessage)) return;
  // What Node itself calls for bodies that nobody has read.
  // oxlint-disable-next-line no-underscore-dangle -- there is no public name for it
  (request as IncomingMessage & { _dump(): void })._dump();
}

/**
 * Cuts connections on which a client sends many requests ahead of their answers. Node takes up all that it finds in one read
 * of a socket, over a thousand small ones, before anyone else gets a turn.
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
    // A response has no socket yet while earlier ones are due on it.
    if (response.socket === null && isTooMany(request, response)) return;
    for (const handle of handlers) handle(request, response);
  });
}

/**
 * Closes a connection whose request is answered before its body has been read: the rest of the body must not be taken for
 * the next request, and reading all of it would be work for nothing. The answer goes out first, and what the client is still
 * sending is discarded for a moment: closing on it at once resets the connection, and many clients then lose the answer.
 */
export function closeUnreadBodies(fastify: FastifyInstance): void {
  const lingering = new Lingering();
  fastify.addHook('onSend', (request, reply, payload, done) => {
    const { raw } = request;
    if (!raw.complete && hasBody(raw) && raw instanceof IncomingMessage) {
      void reply.header('connection', 'close');
      discardBody(raw);
      lingering.instead(raw);
    }
    done(null, payload);
  });
}

/**
 * Answers `Expect: 100-continue` only once a body is wanted: a request that is refused gets its final status instead, and the
 * client never sends the body.
 *
 * @param wait called with each request whose client waits
 */
export function addExpectations(server: Server, wait: (request: IncomingMessage) => void): void {
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    wait(request);
    server.emit('request', request, response);
  });
  server.on('checkExpectation', (_request: IncomingMessage, response: ServerResponse) => {
    const detail = 'Expect: only 100-continue can be met';
    writeProblem(response, new HttpError('expectation-failed', 417, detail));
  });
}

/**
 * Makes a socket that flows discard what comes, without parsing it: bodies may come in chunks of one byte, which cost a
 * thousand times as much. Node stops its parser from reading by itself when there is a listener; what is left then is a
 * listener that feeds the parser.
 */
function takeFromParser(socket: Socket): void {
  socket.on('data', discard).removeAllListeners('data').on('data', discard);
}

class Lingering {
  private readonly ends = new Map<Socket, { untilMs: number; untilBytes: number }>();
  private timer: NodeJS.Timeout | undefined;

  /** Makes the end of this answer a half-close, of which the other half follows. */
  instead(request: IncomingMessage): void {
    const { socket } = request;
    if (this.ends.size >= maxLingering) return;
    // Node calls it when the last answer of a connection is out.
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
