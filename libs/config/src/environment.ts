import { IsOptional, IsString, Matches, MaxLength, MinLength } from 'class-validator';
import {
  BaseUrl,
  HostNames,
  HttpUrl,
  ModelName,
  Networks,
  OneOf,
  Origins,
  RedisUrl,
  Secret,
  Share,
  WholeNumber,
} from './variable.decorators.js';

/**
 * The environment variables that Marquee reads, with their defaults. `.env.example` documents each of them; a test compares
 * the two.
 */
export class Environment {
  @MaxLength(32, { message: 'must be at most 32 characters' })
  @Matches(/^[A-Za-z0-9_-]+$/, { message: 'must consist of letters, digits, "-" and "_"' })
  ENV: string = 'prod';

  @MinLength(1)
  HOST: string = '127.0.0.1';

  @WholeNumber(0, 65_535)
  PORT: number = 3000;

  @WholeNumber(0, 65_535)
  WORKER_PORT: number = 3001;

  @WholeNumber(1_024, 67_108_864)
  HTTP_BODY_LIMIT_BYTES: number = 8_388_608;

  @WholeNumber(1_048_576, 4_294_967_296)
  HTTP_RECEIVE_BUFFER_BYTES: number = 67_108_864;

  @IsOptional()
  @HostNames()
  LOCAL_HOSTS?: string;

  @WholeNumber(100, 600_000)
  SHUTDOWN_TIMEOUT_MS: number = 10_000;

  @OneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
  LOG_LEVEL: string = 'info';

  @OneOf('auto', 'json', 'pretty')
  LOG_FORMAT: string = 'auto';

  @IsOptional()
  @BaseUrl()
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @Share()
  LOG_HITS_SHARE: string = '1';

  @IsOptional()
  @IsString()
  API_KEYS_FILE?: string;

  @IsOptional()
  @IsString()
  API_KEYS?: string;

  @WholeNumber(100, 1_000_000)
  EVENTS_MAX_LENGTH: number = 10_000;

  @WholeNumber(1_048_576, 60_000_000)
  EVENTS_MAX_BYTES: number = 33_554_432;

  @WholeNumber(0, 31_536_000)
  EVENTS_MAX_AGE_SECONDS: number = 0;

  @WholeNumber(1, 1_000_000)
  EVENTS_MAX_LISTENERS: number = 5_000;

  @WholeNumber(1_048_576, 68_719_476_736)
  SESSIONS_MAX_TENANT_BYTES: number = 67_108_864;

  @IsOptional()
  @IsString()
  ARCHIVE_FILE?: string;

  @IsOptional()
  @HttpUrl()
  ARCHIVE_WEBHOOK_URL?: string;

  @IsOptional()
  @MinLength(16, { message: 'must be at least 16 characters' })
  ARCHIVE_WEBHOOK_SECRET?: string;

  @IsOptional()
  @RedisUrl()
  REDIS_URL?: string;

  @IsOptional()
  @RedisUrl()
  REDIS_SESSIONS_URL?: string;

  @IsOptional()
  @RedisUrl()
  REDIS_LIMITS_URL?: string;

  @IsOptional()
  @IsString()
  REDIS_HOST?: string;

  @WholeNumber(1, 65_535)
  REDIS_PORT: number = 6379;

  @WholeNumber(0, 1_000_000)
  REDIS_DB: number = 0;

  @IsOptional()
  @IsString()
  REDIS_USERNAME?: string;

  @IsOptional()
  @IsString()
  REDIS_PASSWORD?: string;

  @IsOptional()
  @IsString()
  REDIS_SENTINEL_PASSWORD?: string;

  @IsOptional()
  @IsString()
  REDIS_TLS_CA_FILE?: string;

  @WholeNumber(3, 1_000)
  REDIS_POOL_SIZE: number = 10;

  @WholeNumber(1, 300)
  REDIS_TIMEOUT: number = 5;

  @WholeNumber(0, 100)
  REDIS_RETRY_ATTEMPTS: number = 3;

  @OneOf('degrade', 'fail-fast')
  REDIS_STARTUP: string = 'degrade';

  @WholeNumber(5, 60_000)
  REDIS_BUDGET_MS: number = 75;

  @WholeNumber(50, 60_000)
  REDIS_CONNECT_TIMEOUT_MS: number = 500;

  @WholeNumber(100, 60_000)
  REDIS_SOCKET_TIMEOUT_MS: number = 500;

  @WholeNumber(1, 31_536_000)
  CACHE_TTL_SECONDS: number = 300;

  @WholeNumber(1, 31_536_000)
  CACHE_TTL_LONG_SECONDS: number = 3600;

  @WholeNumber(0, 68_719_476_736)
  CACHE_LOCAL_BYTES: number = 67_108_864;

  @WholeNumber(1_024, 536_870_912)
  CACHE_MAX_VALUE_BYTES: number = 2_097_152;

  @WholeNumber(1, 31_536_000)
  RATE_LIMIT_WINDOW: number = 60;

  @WholeNumber(1, 1_000_000_000)
  MAX_REQUESTS_PER_WINDOW: number = 100;

  @IsOptional()
  @IsString()
  RATE_LIMIT_POLICIES_FILE?: string;

  @IsOptional()
  @Networks()
  TRUSTED_PROXIES?: string;

  @IsOptional()
  @Origins()
  CORS_ORIGINS?: string;

  @IsOptional()
  @BaseUrl()
  OPENAI_BASE_URL?: string;

  @IsOptional()
  @Secret()
  OPENAI_API_KEY?: string;

  @IsOptional()
  @ModelName()
  EMBEDDINGS_MODEL?: string;

  @IsOptional()
  @WholeNumber(1, 65_536)
  EMBEDDINGS_DIMENSIONS?: number;

  @Matches(/^\d{1,6}(\.\d{1,6})?$/, { message: 'must be a decimal number such as 0.02' })
  EMBEDDINGS_USD_PER_MILLION_TOKENS: string = '0';

  @WholeNumber(65_536, 68_719_476_736)
  EMBEDDINGS_STORE_MAX_BYTES: number = 33_554_432;

  @IsOptional()
  @ModelName()
  QU_MODEL?: string;

  @WholeNumber(50, 60_000)
  QU_MODEL_TIMEOUT_MS: number = 2_500;

  @Share()
  QU_SHADOW_SHARE: string = '0.01';

  @WholeNumber(1, 100_000)
  SEARCH_INDEX_SIZE: number = 10_000;

  @WholeNumber(10, 60_000)
  SEARCH_EMBED_TIMEOUT_MS: number = 1_000;

  @WholeNumber(1, 1_000)
  SEARCH_COST: number = 3;

  @IsOptional()
  @BaseUrl()
  TMDB_BASE_URL?: string;

  @IsOptional()
  @Secret()
  TMDB_ACCESS_TOKEN?: string;

  @Matches(/^[a-z]{2}(-[A-Z]{2})?$/, { message: 'must be a language tag such as en or en-US' })
  TMDB_LANGUAGE: string = 'en-US';

  @WholeNumber(1, 1_000)
  TMDB_REQUESTS_PER_SECOND: number = 40;

  @WholeNumber(60, 86_400)
  TMDB_CHANGES_SECONDS: number = 21_600;

  @OneOf('day', 'week', 'views')
  TRENDING_SOURCE: string = 'day';

  @WholeNumber(1, 10_000)
  TRENDING_COUNT: number = 200;

  @WholeNumber(5, 604_800)
  TRENDING_REFRESH_SECONDS: number = 3_600;

  @WholeNumber(1, 720)
  TRENDING_HALF_LIFE_HOURS: number = 24;

  @WholeNumber(100, 600_000)
  UPSTREAM_TIMEOUT_MS: number = 10_000;

  @WholeNumber(0, 10)
  UPSTREAM_RETRY_ATTEMPTS: number = 2;

  @WholeNumber(1, 10_000)
  UPSTREAM_CONCURRENCY: number = 32;

  @WholeNumber(1, 3_600)
  UPSTREAM_MAX_RETRY_AFTER_SECONDS: number = 60;
}
