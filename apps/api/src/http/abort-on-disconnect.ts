import type { FastifyReply } from 'fastify';

/** Returns a signal that aborts when the client disconnects before the response is sent. */
export function abortOnDisconnect({ raw }: FastifyReply): AbortSignal {
  const left = new AbortController();
  raw.once('close', () => {
    if (!raw.writableFinished) left.abort(new Error('The client disconnected'));
  });
  return left.signal;
}
