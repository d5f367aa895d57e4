import { toRedisFault } from './redis.errors.js';

export type PipelineReplies = [error: Error | null, reply: unknown][];

/** Returns the replies of a pipeline. @throws the error of the connection if it was lost before any reply */
export function repliesOf(replies: PipelineReplies | null): PipelineReplies {
  const [first] = replies ?? [];
  if (!replies || !first) throw connectionClosed();
  const isLost = replies.every(([error]) => error && toRedisFault(error).kind === 'connection');
  if (isLost) throw first[0] ?? connectionClosed();
  return replies;
}

/** Returns the error that ioredis reports for a closed connection. */
export const connectionClosed = (): Error => new Error('Connection is closed.');
