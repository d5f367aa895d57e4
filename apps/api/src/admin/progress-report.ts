import { Readable } from 'node:stream';
import type { FastifyReply } from 'fastify';

/**
 * Streams the progress of a job as NDJSON; the last line has `complete: true`. A failure before the first line is an error
 * of the request. A later failure ends the stream with a line that has `error`, since the status is already sent.
 */
export async function reportOf<T extends object>(
  reply: FastifyReply,
  progress: AsyncGenerator<T>,
): Promise<Readable> {
  const first = await progress.next();
  void reply.type('application/x-ndjson');
  return Readable.from(lines(first, progress));
}

async function* lines<T extends object>(
  first: IteratorResult<T>,
  rest: AsyncGenerator<T>,
): AsyncGenerator<string> {
  let last: T | undefined;
  try {
    for (let result = first; !result.done; result = await rest.next()) {
      last = result.value;
      yield `${JSON.stringify(last)}\n`;
    }
    yield `${JSON.stringify({ ...last, complete: true })}\n`;
  } catch (error) {
    yield `${JSON.stringify({ ...last, complete: false, error: (error as Error).message })}\n`;
  }
}
