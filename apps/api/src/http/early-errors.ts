import { randomUUID } from 'node:crypto';
import { type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Problem, problem, toBody } from './problem.js';

/** Errors of the router, before any hook: an address that cannot be decoded, or a part of it that is too long. */
export function answerFrameworkError(
  error: Error & { code?: string },
  request: FastifyRequest,
  reply: FastifyReply,
): void {
  const rendered =
    error.code === 'FST_ERR_MAX_PARAM_LENGTH'
      ? problem('http', 414, 'The address is too long', 'A part of the path is too long')
      : problem('invalid-request', 400, 'The request is not valid', 'The address cannot be decoded');
  void reply
    .status(rendered.status)
    .header('x-request-id', request.id)
    .header('cache-control', 'no-store')
    // Hooks do not run for these.
    .header('connection', 'close')
    .type('application/problem+json')
    .send(toBody(rendered, request.id));
}

const statusByCode: Record<string, number> = {
  HPE_HEADER_OVERFLOW: 431,
  HPE_CHUNK_EXTENSIONS_OVERFLOW: 413,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

const detailByStatus: Record<number, string> = {
  408: 'The request did not arrive in time',
  413: 'The chunk extensions are too large',
  431: 'The address and the header fields are larger than 16 KiB together',
};

/**
 * Answers errors of the HTTP parser: there is no request yet, only a socket.
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
    const status = statusByCode[error.code ?? ''] ?? 400;
    const title = STATUS_CODES[status] ?? 'Bad Request';
    const detail = detailByStatus[status] ?? 'The request is not HTTP as it should be';
    const { fields, body } = render(problem('invalid-http', status, title, detail));
    const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}`);
    socket.end([`HTTP/1.1 ${status} ${title}`, ...lines, '', body].join('\r\n'));
  };
}

/** Answers with a problem where there is no framework to do it. */
export function writeProblem(response: ServerResponse, rendered: Problem): void {
  const { fields, body } = render(rendered);
  response.writeHead(rendered.status, fields).end(body);
}

function render(rendered: Problem): { fields: Record<string, string | number>; body: string } {
  const id = randomUUID();
  const body = JSON.stringify(toBody(rendered, id));
  const fields = {
    'Content-Type': 'application/problem+json',
    'Content-Length': Buffer.byteLength(body),
    'X-Request-Id': id,
    Connection: 'close',
  };
  return { fields, body };
}
