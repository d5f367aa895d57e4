import type { Environment } from './environment.js';
import { MarqueeConfig, type OpenAiConfig, type TmdbConfig } from './marquee-config.js';
import { packageVersion } from './package-version.js';
import { toRedisConfig } from './to-redis-config.js';
import { itemsOf } from './variable.decorators.js';

/** The chat model if there is an API key but no QU_MODEL. */
const defaultChatModel = 'gpt-4.1-mini';

/** Converts validated variables to the nested configuration. */
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
    search: {
      indexSize: environment.SEARCH_INDEX_SIZE,
      embedTimeoutMs: environment.SEARCH_EMBED_TIMEOUT_MS,
      cost: environment.SEARCH_COST,
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
