import { readFileSync } from 'node:fs';
import type { Environment } from './environment.js';
import type { RedisConfig, RedisTargetConfig } from './marquee-config.js';
import { type ParsedRedisUrl, parseRedisUrl } from './redis-url.js';

/** Converts validated variables to the configuration of Redis. */
export function toRedisConfig(environment: Environment): RedisConfig {
  return {
    targets: {
      cache: toTarget(environment, environment.REDIS_URL),
      sessions: environment.REDIS_SESSIONS_URL
        ? toTarget(environment, environment.REDIS_SESSIONS_URL)
        : undefined,
      limits: environment.REDIS_LIMITS_URL ? toTarget(environment, environment.REDIS_LIMITS_URL) : undefined,
    },
    startup: environment.REDIS_STARTUP as RedisConfig['startup'],
    startupTimeoutMs: environment.REDIS_TIMEOUT * 1000,
    startupRetryAttempts: environment.REDIS_RETRY_ATTEMPTS,
    budgetMs: environment.REDIS_BUDGET_MS,
  };
}

function toTarget(environment: Environment, url: string | undefined): RedisTargetConfig {
  const parsed = url === undefined ? addressWithoutUrl(environment) : parseRedisUrl(url);
  if (typeof parsed === 'string') throw new Error(`Unvalidated Redis URL: ${parsed}`);
  return {
    address: parsed.address,
    database: parsed.database ?? environment.REDIS_DB,
    username: parsed.username ?? environment.REDIS_USERNAME,
    password: parsed.password ?? environment.REDIS_PASSWORD,
    sentinelPassword: environment.REDIS_SENTINEL_PASSWORD,
    certificateAuthority: environment.REDIS_TLS_CA_FILE
      ? readFileSync(environment.REDIS_TLS_CA_FILE, 'utf8')
      : undefined,
    poolSize: environment.REDIS_POOL_SIZE,
    connectTimeoutMs: environment.REDIS_CONNECT_TIMEOUT_MS,
    socketTimeoutMs: environment.REDIS_SOCKET_TIMEOUT_MS,
  };
}

function addressWithoutUrl({ REDIS_HOST: host, REDIS_PORT: port }: Environment): ParsedRedisUrl {
  return {
    address: host ? { kind: 'standalone', host, port, tls: false } : { kind: 'embedded' },
    database: undefined,
    username: undefined,
    password: undefined,
  };
}
