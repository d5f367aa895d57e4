import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { DomainError } from '@app/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HttpError } from './http.error.js';
import { toProblem } from './to-problem.js';

/** Responds to errors of the router, which occur before any hook: a URL that cannot be decoded, or a path segment that is too long. */
export function handleFrameworkError(
  error: Error & { code?: string },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const rendered =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? new HttpError('http', 414, 'A path segment is too long')
      : new HttpError('invalid-request', 400, 'The URL cannot be decoded');
  void reply
    .status(rendered.status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    // Hooks do not run for these errors.
    .header('connection', 'close')
    .type('application/problem+json')
    .send(toProblem(rendered, request.id));
}

const statusByCode: Readonly<Record<string, number>> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const detailByStatus: Readonly<Record<number, string>> = {
  408: 'The request did not arrive in time',
  413: 'The chunk extensions are too large',
  431: 'The URL and the header fields exceed 16 KiB together',
};

/** What a client sent is not a valid HTTP request. */
class InvalidHttpError extends DomainError {
  readonly code = 'invalid-http';
  readonly title: string;

  constructor(readonly status: number) {
    super(detailByStatus[status] ?? 'The request is not valid HTTP');
    this.title = STATUS_CODES[status] ?? 'Bad Request';
  }
}

/**
 * Returns a handler for errors of the HTTP parser, which occur before there is a request, only a socket.
 *
 * @param count called with each socket whose client sent something malformed
 */
export function clientErrorHandler(
  count: (socket: Socket) => void,
): (error: Error & { code?: string }, socket: Socket) => void {
  return (error, socket) => {
    if (error.code === 'ECONNRESET' || !socket.writable) {
      socket.destroy();
      return;
    }
    count(socket);
    const rendered = new InvalidHttpError(statusByCode[error.code ?? ''] ?? 400);
    const { fields, body } = render(rendered);
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    socket.end([`HTTP/1.1 ${rendered.status} ${rendered.title}`, ...lines, '', body].join('\r\n'));
  };
}

/** Writes a problem to a response that the framework does not handle. */
export function writeProblem(response: ServerResponse, error: DomainError): void {
  const { fields, body } = render(error);
  response.writeHead(error.status, fields).end(body);
}

function render(error: DomainError): { fields: Record<string, string | number>; body: string } {
  const id = randomUUID();
  const body = JSON.stringify(toProblem(error, id));
  const fields = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': id,
    Connection: 'close',
  };
  return { fields, body };
}
