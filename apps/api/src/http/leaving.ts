import type { FastifyReply } from 'fastify';

/** Aborts when the client closes the connection before it has its answer. */
export function leavingOf({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort(new Error('The client left'));
  });
  return left.signal;
}
