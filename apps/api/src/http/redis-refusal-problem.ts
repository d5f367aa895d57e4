import type { RedisRefusalError, RefusalReason } from '@app/redis';
import { type Problem, problem } from './problem.js';

interface Answer {
  readonly status: number;
  readonly title: string;
  readonly detail: string;
  readonly retryAfterSeconds?: number;
}

/** A server that answers and refuses. Nothing was changed, so none of these asks for the same Idempotency-Key. */
const answers: Readonly<Record<RefusalReason, (keys: string) => Answer>> = {
  'wrong-type': (keys) => ({
    status: 500,
    title: 'A key in Redis has another type',
    detail: `A key of the pattern ${keys} holds another type than Marquee keeps there: another program wrote it. Nothing was changed, and trying again does not help. Delete or rename that key.`,
  }),
  full: (keys) => ({
    status: 503,
    title: 'Redis is full',
    detail: `Redis has reached its maxmemory and can evict nothing for ${keys}. Nothing was stored. Delete what is no longer needed, or raise maxmemory.`,
    retryAfterSeconds: 10,
  }),
  denied: (keys) => ({
    status: 503,
    title: 'Redis does not permit this',
    detail: `The ACL of Marquee's Redis user lacks a command or a key of the pattern ${keys}. Nothing was changed. Grant it with ACL SETUSER.`,
  }),
  'read-only': () => ({
    status: 503,
    title: 'Redis is read-only',
    detail:
      'This Redis server is a replica: a failover is under way, or the URL names the wrong server. Nothing was changed.',
    retryAfterSeconds: 1,
  }),
  loading: () => ({
    status: 503,
    title: 'Redis is loading its data',
    detail: 'Redis has just started and serves when its data is loaded. Nothing was changed.',
    retryAfterSeconds: 1,
  }),
  misconfigured: () => ({
    status: 503,
    title: 'Redis refuses writes',
    detail:
      'Redis cannot save its data or reach its replicas, and takes no writes until it can. Nothing was changed.',
    retryAfterSeconds: 10,
  }),
};

/** The problem that tells a refusal from an outage. */
export function redisRefusalProblem({ reason, keys }: RedisRefusalError): Problem {
  const { status, title, detail, retryAfterSeconds } = answers[reason](keys);
  return problem(`redis-${reason}`, status, title, detail, retryAfterSeconds ? { retryAfterSeconds } : {});
}
