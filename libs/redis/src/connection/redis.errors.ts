import type { Outcome, RedisFault } from '../outcome.js';

const codesByKind: Record<Exclude<RedisFault['kind'], 'connection' | 'reply'>, readonly string[]> = {
  'not-serving': [
    'LOADING',
    'READONLY',
    'MASTERDOWN',
    'CLUSTERDOWN',
    'TRYAGAIN',
    'BUSY',
    'MISCONF',
    'NOREPLICAS',
  ],
  full: ['OOM'],
  denied: ['NOAUTH', 'WRONGPASS', 'NOPERM'],
};

/**
 * Names the fault behind an error of ioredis. Most are plain `Error`s known by message only, and the arguments
 * that a ReplyError carries are viewers' data, so only the leading code goes on.
 */
export function toRedisFault(error: unknown): RedisFault {
  if (!(error instanceof Error)) return { kind: 'reply', code: 'UNKNOWN' };
  if (error.name !== 'ReplyError') {
    return { kind: 'connection', code: connectionCode(error) };
  }
  if (/DB index is out of range|invalid DB index/i.test(error.message))
    return { kind: 'denied', code: 'NO_SUCH_DATABASE' };
  const code = codeOf(error.message);
  const kind = (Object.keys(codesByKind) as (keyof typeof codesByKind)[]).find((key) =>
    codesByKind[key].includes(code),
  );
  return { kind: kind ?? 'reply', code };
}

/** The code that an error reply begins with. Where a script failed, the code of the command in it. */
function codeOf(message: string): string {
  // What ACLs refuse within a script.
  if (/ACL failure in script|The user executing the script can't/.test(message)) return 'NOPERM';
  // Redis 6 and older wrap the command's error in one of their own.
  const inScript = /^ERR Error running script .*@user_script: ?\d+: -?([A-Z]+) /.exec(message)?.[1];
  return inScript ?? /^([A-Z]+)\b/.exec(message)?.[1] ?? 'ERR';
}

const messageCodes: readonly (readonly [RegExp, string])[] = [
  [/timed out|Socket timeout|ETIMEDOUT/i, 'ETIMEDOUT'],
  [/Connection is closed|Stream isn't writeable|Connection closed/i, 'CLOSED'],
  [/max retries per request/i, 'CLOSED'],
  [/Protocol error|ParserError/i, 'NOT_A_REDIS_SERVER'],
  [/ECONNREFUSED/, 'ECONNREFUSED'],
  [/ENOTFOUND/, 'ENOTFOUND'],
  [/WRONGPASS|NOAUTH/, 'WRONGPASS'],
  [/sentinels are unreachable/i, 'NO_SENTINEL_ANSWERS'],
  [/Failed to refresh slots cache/i, 'NO_CLUSTER_NODE_ANSWERS'],
];

function connectionCode(error: Error & { code?: unknown; lastNodeError?: unknown }): string {
  if (error.lastNodeError instanceof Error) return connectionCode(error.lastNodeError);
  if (typeof error.code === 'string') return error.code;
  return (
    messageCodes.find(([pattern]) => pattern.test(`${error.name} ${error.message}`))?.[1] ?? plainCode(error)
  );
}

/** Errors of the connection carry no command: what they say is about the server. */
const plainCode = ({ name, message }: Error): string =>
  name === 'Error' || name === 'ReplyError' ? message.slice(0, 100) : name;

/** The outcome that an error stands for. A server that says why it will not has not run the command. */
export function toOutcome(error: unknown): Outcome<never> {
  const fault = toRedisFault(error);
  switch (fault.kind) {
    case 'connection':
      return { status: 'unavailable', fault, mayHaveRun: true };
    case 'not-serving':
      return { status: 'unavailable', fault, mayHaveRun: false };
    case 'denied':
      // One command's refusal says nothing about the others: only a connection without a login is useless.
      return fault.code === 'NOPERM'
        ? { status: 'error', fault }
        : { status: 'unavailable', fault, mayHaveRun: false };
    case 'full':
    case 'reply':
      return { status: 'error', fault };
  }
}

/** Thrown at start-up when `REDIS_STARTUP=fail-fast` and Redis cannot be used. */
export class RedisStartupError extends Error {
  constructor(
    readonly address: string,
    readonly reason: string,
    remedy: string,
  ) {
    super(`Redis at ${address} cannot be used: ${reason}.\n${remedy}`);
    this.name = RedisStartupError.name;
  }
}
