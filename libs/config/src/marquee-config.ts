import { readFileSync } from 'node:fs';
import { type Environment, itemsOf } from './environment.js';
import { type ParsedRedisUrl, parseRedisUrl, type RedisAddress } from './redis-url.js';

/** One server (or cluster) and how Marquee talks to it. */
export interface RedisTargetConfig {
  readonly address: RedisAddress;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly sentinelPassword: string | undefined;
  readonly certificateAuthority: string | undefined;
  /** Most sockets that Marquee opens to it. */
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly socketTimeoutMs: number;
}

/** What may live on a server of its own. */
export type RedisTargetName = 'cache' | 'sessions' | 'limits';

export interface RedisConfig {
  /** A target that is undefined shares the cache's. */
  readonly targets: Readonly<
    Record<'cache', RedisTargetConfig> & Record<'sessions' | 'limits', RedisTargetConfig | undefined>
  >;
  readonly startup: 'degrade' | 'fail-fast';
  /** How long start-up waits for the first connection. */
  readonly startupTimeoutMs: number;
  /** How often start-up tries again after the first refusal. */
  readonly startupRetryAttempts: number;
  /** Redis time that one request may spend over all its calls. */
  readonly budgetMs: number;
}

export interface TmdbConfig {
  readonly baseUrl: string;
  readonly accessToken: string | undefined;
}

export interface OpenAiConfig {
  readonly baseUrl: string;
  readonly apiKey: string | undefined;
}

/** The whole configuration: typed, nested, read once. Inject it; nothing else reads the environment. */
export class MarqueeConfig {
  /** First part of every Redis key. */
  readonly environment!: string;
  readonly version!: string;
  readonly http!: {
    readonly host: string;
    readonly port: number;
    /** Largest request body of the routes that take large ones. */
    readonly bodyLimitBytes: number;
    /** Bytes of request bodies that this process receives at once. */
    readonly receiveBufferBytes: number;
    /** Names for this machine, besides localhost, that Host may have where there are no API keys. */
    readonly localHosts: readonly string[];
    readonly shutdownTimeoutMs: number;
    /** Addresses and networks whose X-Forwarded-For is believed. */
    readonly trustedProxies: readonly string[];
    /** Origins whose pages may call; `*` for all. */
    readonly corsOrigins: readonly string[];
  };
  /** Where the worker answers probes and metrics. */
  readonly worker!: { readonly port: number };
  /** API keys, as JSON in a file or inline; with neither, callers of this machine alone are served. */
  readonly apiKeys!: { readonly file: string | undefined; readonly inline: string | undefined };
  readonly events!: {
    /** About how many events the stream keeps, unless a consumer is behind. */
    readonly maxLength: number;
    /** Memory that the stream may take, whatever consumers have not read yet. */
    readonly maxBytes: number;
    /** How old they may get; 0 for any age. */
    readonly maxAgeSeconds: number;
    /** Clients that one process serves with server-sent events. */
    readonly maxListeners: number;
  };
  readonly sessions!: {
    /** Bytes of sessions and transcripts that one tenant may hold. */
    readonly maxTenantBytes: number;
  };
  /** Where completed transcripts go. */
  readonly archive!: {
    readonly file: string | undefined;
    readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  };
  /** Where traces are sent (OTLP over HTTP); undefined for nowhere. */
  readonly tracing!: { readonly endpoint: string | undefined };
  readonly log!: {
    readonly level: string;
    readonly format: 'auto' | 'json' | 'pretty';
    /** Share of the requests answered from the cache that get a line. */
    readonly hitsShare: number;
  };
  readonly redis!: RedisConfig;
  readonly cache!: {
    readonly ttlSeconds: number;
    readonly longTtlSeconds: number;
    /** Bound of a namespace's copies in this process; 0 for none. */
    readonly localBytes: number;
    /** Larger values are served, but not stored. */
    readonly maxValueBytes: number;
  };
  readonly rateLimit!: {
    readonly windowSeconds: number;
    readonly maxRequests: number;
    /** Policies of its own, in place of the one of these two. */
    readonly policiesFile: string | undefined;
  };
  /** The OpenAI-compatible upstream; undefined means the embedded local model. */
  readonly openAi!: OpenAiConfig | undefined;
  readonly embeddings!: {
    readonly model: string | undefined;
    readonly dimensions: number | undefined;
    readonly usdPerMillionTokens: number;
    /** Bytes of vectors by id that a tenant may hold. */
    readonly storeMaxBytes: number;
  };
  readonly queryUnderstanding!: {
    /** The chat model asked; undefined means the rules alone. */
    readonly model: string | undefined;
    readonly modelTimeoutMs: number;
    /** Share of hits that are computed anew to compare. */
    readonly shadowShare: number;
  };
  /** TMDB's API; undefined means the bundled catalogue. */
  readonly tmdb!: TmdbConfig | undefined;
  readonly movies!: {
    /** Language of titles and overviews. */
    readonly language: string;
    /** Over the whole fleet. */
    readonly requestsPerSecond: number;
    /** How often the worker reads what has changed. */
    readonly changesSeconds: number;
  };
  readonly trending!: {
    /** TMDB's day or week, or this app's own views. */
    readonly source: 'day' | 'week' | 'views';
    readonly count: number;
    readonly refreshSeconds: number;
    /** A view counts half after so long. */
    readonly halfLifeHours: number;
  };
  readonly upstream!: {
    readonly timeoutMs: number;
    readonly retryAttempts: number;
    readonly concurrency: number;
    /** Longest time that a `Retry-After` holds calls back. */
    readonly maxRetryAfterMs: number;
  };
}

/** Asked where there is a key but no QU_MODEL. */
const defaultChatModel = 'gpt-4.1-mini';

/** Maps validated variables to the nested configuration. */
export function toMarqueeConfig(environment: Environment): MarqueeConfig {
  return Object.assign(new MarqueeConfig(), {
    environment: environment.ENV,
    version: packageVersion(),
    http: {
      host: environment.HOST,
      port: environment.PORT,
      bodyLimitBytes: environment.HTTP_BODY_LIMIT_BYTES,
      receiveBufferBytes: environment.HTTP_RECEIVE_BUFFER_BYTES,
      localHosts: itemsOf(environment.LOCAL_HOSTS),
      shutdownTimeoutMs: environment.SHUTDOWN_TIMEOUT_MS,
      trustedProxies: itemsOf(environment.TRUSTED_PROXIES),
      corsOrigins: itemsOf(environment.CORS_ORIGINS),
    },
    worker: { port: environment.WORKER_PORT },
    apiKeys: { file: environment.API_KEYS_FILE, inline: environment.API_KEYS },
    events: {
      maxLength: environment.EVENTS_MAX_LENGTH,
      maxBytes: environment.EVENTS_MAX_BYTES,
      maxAgeSeconds: environment.EVENTS_MAX_AGE_SECONDS,
      maxListeners: environment.EVENTS_MAX_LISTENERS,
    },
    sessions: { maxTenantBytes: environment.SESSIONS_MAX_TENANT_BYTES },
    archive: {
      file: environment.ARCHIVE_FILE,
      webhook:
        environment.ARCHIVE_WEBHOOK_URL && environment.ARCHIVE_WEBHOOK_SECRET
          ? { url: environment.ARCHIVE_WEBHOOK_URL, secret: environment.ARCHIVE_WEBHOOK_SECRET }
          : undefined,
    },
    tracing: { endpoint: environment.OTEL_EXPORTER_OTLP_ENDPOINT },
    log: {
      level: environment.LOG_LEVEL,
      format: environment.LOG_FORMAT as MarqueeConfig['log']['format'],
      hitsShare: Number(environment.LOG_HITS_SHARE),
    },
    redis: toRedisConfig(environment),
    cache: {
      ttlSeconds: environment.CACHE_TTL_SECONDS,
      longTtlSeconds: environment.CACHE_TTL_LONG_SECONDS,
      localBytes: environment.CACHE_LOCAL_BYTES,
      maxValueBytes: environment.CACHE_MAX_VALUE_BYTES,
    },
    rateLimit: {
      windowSeconds: environment.RATE_LIMIT_WINDOW,
      maxRequests: environment.MAX_REQUESTS_PER_WINDOW,
      policiesFile: environment.RATE_LIMIT_POLICIES_FILE,
    },
    openAi: toOpenAiConfig(environment),
    embeddings: {
      model: environment.EMBEDDINGS_MODEL,
      dimensions: environment.EMBEDDINGS_DIMENSIONS,
      usdPerMillionTokens: Number(environment.EMBEDDINGS_USD_PER_MILLION_TOKENS),
      storeMaxBytes: environment.EMBEDDINGS_STORE_MAX_BYTES,
    },
    queryUnderstanding: {
      model: environment.QU_MODEL ?? (environment.OPENAI_API_KEY ? defaultChatModel : undefined),
      modelTimeoutMs: environment.QU_MODEL_TIMEOUT_MS,
      shadowShare: Number(environment.QU_SHADOW_SHARE),
    },
    tmdb: toTmdbConfig(environment),
    movies: {
      language: environment.TMDB_LANGUAGE,
      requestsPerSecond: environment.TMDB_REQUESTS_PER_SECOND,
      changesSeconds: environment.TMDB_CHANGES_SECONDS,
    },
    trending: {
      source: environment.TRENDING_SOURCE as MarqueeConfig['trending']['source'],
      count: environment.TRENDING_COUNT,
      refreshSeconds: environment.TRENDING_REFRESH_SECONDS,
      halfLifeHours: environment.TRENDING_HALF_LIFE_HOURS,
    },
    upstream: {
      timeoutMs: environment.UPSTREAM_TIMEOUT_MS,
      retryAttempts: environment.UPSTREAM_RETRY_ATTEMPTS,
      concurrency: environment.UPSTREAM_CONCURRENCY,
      maxRetryAfterMs: environment.UPSTREAM_MAX_RETRY_AFTER_SECONDS * 1000,
    },
  } satisfies MarqueeConfig);
}

function toRedisConfig(environment: Environment): RedisConfig {
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
  if (typeof parsed === 'string') throw new Error(`A Redis URL that was not validated ${parsed}`);
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

function toOpenAiConfig(environment: Environment): OpenAiConfig | undefined {
  if (!environment.OPENAI_API_KEY && !environment.OPENAI_BASE_URL) return undefined;
  return {
    baseUrl: environment.OPENAI_BASE_URL ?? 'https://api.openai.com/v1',
    apiKey: environment.OPENAI_API_KEY,
  };
}

function toTmdbConfig(environment: Environment): TmdbConfig | undefined {
  if (!environment.TMDB_ACCESS_TOKEN && !environment.TMDB_BASE_URL) return undefined;
  return {
    baseUrl: environment.TMDB_BASE_URL ?? 'https://api.themoviedb.org/3',
    accessToken: environment.TMDB_ACCESS_TOKEN,
  };
}

/** From package.json, found upwards of this file, which may be a source or a bundle. */
function packageVersion(): string {
  for (let folder = new URL('.', import.meta.url); ; folder = new URL('..', folder)) {
    try {
      const { name, version } = JSON.parse(readFileSync(new URL('package.json', folder), 'utf8')) as {
        name?: string;
        version?: string;
      };
      if (name === 'marquee' && version) return version;
    } catch {
      // Not in this folder: look one up.
    }
    if (folder.pathname === '/') return 'unknown';
  }
}
