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
 * Classifies an error of ioredis. Most are plain `Error`s that only their message identifies. A ReplyError contains the
 * arguments of its command, which are users' data, so only its error code is retained.
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

/** Returns the code at the beginning of an error reply; if a script failed, the code of the command in it. */
function codeOf(message: string): string {
  // A command in a script that the ACL denies.
  if (/ACL failure in script|The user executing the script can't/.test(message)) return 'NOPERM';
  // Redis 6 and older wrap the error of the command.
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

/** The message of a connection error contains no command, only facts about the server. */
const plainCode = ({ name, message }: Error): string =>
  name === 'Error' || name === 'ReplyError' ? message.slice(0, 100) : name;

/** Returns the outcome that an error stands for. A server that replies with a refusal has not run the command. */
export function toOutcome(error: unknown): Outcome<never> {
  const fault = toRedisFault(error);
  switch (fault.kind) {
    case 'connection':
      return { status: 'unavailable', fault, mayHaveRun: true };
    case 'not-serving':
      return { status: 'unavailable', fault, mayHaveRun: false };
    case 'denied':
      // NOPERM concerns one command. The other codes mean that the connection is not authenticated.
      return fault.code === 'NOPERM'
        ? { status: 'error', fault }
        : { status: 'unavailable', fault, mayHaveRun: false };
    case 'full':
    case 'reply':
      return { status: 'error', fault };
  }
}

/** Thrown at startup if `REDIS_STARTUP=fail-fast` and Redis cannot be used. */
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
