import { isIP } from 'node:net';
import { Transform } from 'class-transformer';
import {
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  IsUrl,
  Matches,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';
import { parseRedisUrl } from './redis-url.js';

const wholeNumber = (minimum: number, maximum: number): PropertyDecorator => {
  const options: ValidationOptions = {
    message: `must be a whole number from ${minimum} to ${maximum}`,
  };
  return (target, property) => {
    // Number() would take '0x10', '1e3' and ' 3 ' as well.
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? (/^\d+$/.test(value) ? Number(value) : Number.NaN) : value,
    )(target, property);
    IsInt(options)(target, property);
    Min(minimum, options)(target, property);
    Max(maximum, options)(target, property);
  };
};

const oneOf = (...values: string[]): PropertyDecorator =>
  IsIn(values, { message: `must be one of ${values.join(', ')}` });

const redisUrl = (): PropertyDecorator =>
  ValidateBy({
    name: 'redisUrl',
    validator: {
      validate: (value: unknown) => typeof value === 'string' && typeof parseRedisUrl(value) === 'object',
      defaultMessage: (context) => {
        const fault = parseRedisUrl(typeof context?.value === 'string' ? context.value : '');
        return typeof fault === 'string' ? fault : '';
      },
    },
  });

const listOf = (isValid: (item: string) => boolean, message: string): PropertyDecorator =>
  ValidateBy({
    name: 'listOf',
    validator: {
      validate: (value: unknown) =>
        typeof value === 'string' && itemsOf(value).every((item) => isValid(item)),
      defaultMessage: () => message,
    },
  });

/** The items of a variable that lists some. */
export const itemsOf = (list: string | undefined): string[] =>
  (list ?? '').split(',').flatMap((item) => item.trim() || []);

function isNetwork(text: string): boolean {
  const [address = '', length] = text.split('/');
  const longest = isIP(address) === 6 ? 128 : 32;
  return (
    isIP(address) > 0 && (length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= longest))
  );
}

const isHostName = (text: string): boolean => /^(?!-)[A-Za-z0-9.-]{1,253}$/.test(text);

function isOrigin(text: string): boolean {
  return text === '*' || (/^https?:/.test(text) && URL.canParse(text) && new URL(text).origin === text);
}

const httpUrl = (): PropertyDecorator =>
  IsUrl(
    { protocols: ['http', 'https'], require_protocol: true, require_tld: false },
    { message: 'must be an http:// or https:// URL' },
  );

const withoutTrailingSlash = (): PropertyDecorator =>
  Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.replace(/\/+$/, '') : value,
  );

/**
 * The environment variables that Marquee reads, with their defaults. `.env.example` documents each one;
 * a test holds the two together.
 */
export class Environment {
  @MaxLength(32, { message: 'must be at most 32 characters' })
  @Matches(/^[A-Za-z0-9_-]+$/, { message: 'must consist of letters, digits, "-" and "_"' })
  ENV: string = 'prod';

  @MinLength(1)
  HOST: string = '127.0.0.1';

  @wholeNumber(0, 65_535)
  PORT: number = 3000;

  @wholeNumber(0, 65_535)
  WORKER_PORT: number = 3001;

  @wholeNumber(1_024, 67_108_864)
  HTTP_BODY_LIMIT_BYTES: number = 8_388_608;

  @wholeNumber(1_048_576, 4_294_967_296)
  HTTP_RECEIVE_BUFFER_BYTES: number = 67_108_864;

  @IsOptional()
  @listOf(isHostName, 'must list host names such as marquee.local, with commas between them')
  LOCAL_HOSTS?: string;

  @wholeNumber(100, 600_000)
  SHUTDOWN_TIMEOUT_MS: number = 10_000;

  @oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent')
  LOG_LEVEL: string = 'info';

  @oneOf('auto', 'json', 'pretty')
  LOG_FORMAT: string = 'auto';

  @IsOptional()
  @withoutTrailingSlash()
  @httpUrl()
  OTEL_EXPORTER_OTLP_ENDPOINT?: string;

  @Matches(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, { message: 'must be a share from 0 to 1 such as 0.01' })
  LOG_HITS_SHARE: string = '1';

  @IsOptional()
  @IsString()
  API_KEYS_FILE?: string;

  @IsOptional()
  @IsString()
  API_KEYS?: string;

  @wholeNumber(100, 1_000_000)
  EVENTS_MAX_LENGTH: number = 10_000;

  @wholeNumber(1_048_576, 60_000_000)
  EVENTS_MAX_BYTES: number = 33_554_432;

  @wholeNumber(0, 31_536_000)
  EVENTS_MAX_AGE_SECONDS: number = 0;

  @wholeNumber(1, 1_000_000)
  EVENTS_MAX_LISTENERS: number = 5_000;

  @wholeNumber(1_048_576, 68_719_476_736)
  SESSIONS_MAX_TENANT_BYTES: number = 67_108_864;

  @IsOptional()
  @IsString()
  ARCHIVE_FILE?: string;

  @IsOptional()
  @httpUrl()
  ARCHIVE_WEBHOOK_URL?: string;

  @IsOptional()
  @MinLength(16, { message: 'must be at least 16 characters' })
  ARCHIVE_WEBHOOK_SECRET?: string;

  @IsOptional()
  @redisUrl()
  REDIS_URL?: string;

  @IsOptional()
  @redisUrl()
  REDIS_SESSIONS_URL?: string;

  @IsOptional()
  @redisUrl()
  REDIS_LIMITS_URL?: string;

  @IsOptional()
  @IsString()
  REDIS_HOST?: string;

  @wholeNumber(1, 65_535)
  REDIS_PORT: number = 6379;

  @wholeNumber(0, 1_000_000)
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

  @wholeNumber(3, 1_000)
  REDIS_POOL_SIZE: number = 10;

  @wholeNumber(1, 300)
  REDIS_TIMEOUT: number = 5;

  @wholeNumber(0, 100)
  REDIS_RETRY_ATTEMPTS: number = 3;

  @oneOf('degrade', 'fail-fast')
  REDIS_STARTUP: string = 'degrade';

  @wholeNumber(5, 60_000)
  REDIS_BUDGET_MS: number = 75;

  @wholeNumber(50, 60_000)
  REDIS_CONNECT_TIMEOUT_MS: number = 500;

  @wholeNumber(100, 60_000)
  REDIS_SOCKET_TIMEOUT_MS: number = 500;

  @wholeNumber(1, 31_536_000)
  CACHE_TTL_SECONDS: number = 300;

  @wholeNumber(1, 31_536_000)
  CACHE_TTL_LONG_SECONDS: number = 3600;

  @wholeNumber(0, 68_719_476_736)
  CACHE_LOCAL_BYTES: number = 67_108_864;

  @wholeNumber(1_024, 536_870_912)
  CACHE_MAX_VALUE_BYTES: number = 2_097_152;

  @wholeNumber(1, 31_536_000)
  RATE_LIMIT_WINDOW: number = 60;

  @wholeNumber(1, 1_000_000_000)
  MAX_REQUESTS_PER_WINDOW: number = 100;

  @IsOptional()
  @IsString()
  RATE_LIMIT_POLICIES_FILE?: string;

  @IsOptional()
  @listOf(isNetwork, 'must list addresses or networks such as 10.0.0.0/8, with commas between them')
  TRUSTED_PROXIES?: string;

  @IsOptional()
  @listOf(isOrigin, 'must list origins such as https://app.example.com, with commas between them, or be *')
  CORS_ORIGINS?: string;

  @IsOptional()
  @withoutTrailingSlash()
  @httpUrl()
  OPENAI_BASE_URL?: string;

  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be printable ASCII without white space' })
  OPENAI_API_KEY?: string;

  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,128}$/, {
    message: 'must be 1 to 128 printable ASCII characters without white space',
  })
  EMBEDDINGS_MODEL?: string;

  @IsOptional()
  @wholeNumber(1, 65_536)
  EMBEDDINGS_DIMENSIONS?: number;

  @Matches(/^\d{1,6}(\.\d{1,6})?$/, { message: 'must be a decimal number such as 0.02' })
  EMBEDDINGS_USD_PER_MILLION_TOKENS: string = '0';

  @wholeNumber(65_536, 68_719_476_736)
  EMBEDDINGS_STORE_MAX_BYTES: number = 33_554_432;

  @IsOptional()
  @Matches(/^[\x21-\x7e]{1,128}$/, {
    message: 'must be 1 to 128 printable ASCII characters without white space',
  })
  QU_MODEL?: string;

  @wholeNumber(50, 60_000)
  QU_MODEL_TIMEOUT_MS: number = 2_500;

  @Matches(/^(0(\.\d{1,6})?|1(\.0{1,6})?)$/, { message: 'must be a share from 0 to 1 such as 0.01' })
  QU_SHADOW_SHARE: string = '0.01';

  @IsOptional()
  @withoutTrailingSlash()
  @httpUrl()
  TMDB_BASE_URL?: string;

  @IsOptional()
  @Matches(/^[\x21-\x7e]+$/, { message: 'must be printable ASCII without white space' })
  TMDB_ACCESS_TOKEN?: string;

  @Matches(/^[a-z]{2}(-[A-Z]{2})?$/, { message: 'must be a language tag such as en or en-US' })
  TMDB_LANGUAGE: string = 'en-US';

  @wholeNumber(1, 1_000)
  TMDB_REQUESTS_PER_SECOND: number = 40;

  @wholeNumber(60, 86_400)
  TMDB_CHANGES_SECONDS: number = 21_600;

  @oneOf('day', 'week', 'views')
  TRENDING_SOURCE: string = 'day';

  @wholeNumber(1, 10_000)
  TRENDING_COUNT: number = 200;

  @wholeNumber(5, 604_800)
  TRENDING_REFRESH_SECONDS: number = 3_600;

  @wholeNumber(1, 720)
  TRENDING_HALF_LIFE_HOURS: number = 24;

  @wholeNumber(100, 600_000)
  UPSTREAM_TIMEOUT_MS: number = 10_000;

  @wholeNumber(0, 10)
  UPSTREAM_RETRY_ATTEMPTS: number = 2;

  @wholeNumber(1, 10_000)
  UPSTREAM_CONCURRENCY: number = 32;

  @wholeNumber(1, 3_600)
  UPSTREAM_MAX_RETRY_AFTER_SECONDS: number = 60;
}
