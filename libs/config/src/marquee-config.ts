import type { RedisAddress } from './redis-url.js';

/** One Redis server or cluster, and how to connect to it. */
export interface RedisTargetConfig {
  readonly address: RedisAddress;
  readonly database: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly sentinelPassword: string | undefined;
  readonly certificateAuthority: string | undefined;
  /** Maximum number of sockets that the pool opens. */
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly socketTimeoutMs: number;
}

/** The kinds of data that can have their own server. */
export type RedisTargetName = 'cache' | 'sessions' | 'limits';

export interface RedisConfig {
  /** An undefined target shares the server of the cache. */
  readonly targets: Readonly<
    Record<'cache', RedisTargetConfig> & Record<'sessions' | 'limits', RedisTargetConfig | undefined>
  >;
  readonly startup: 'degrade' | 'fail-fast';
  /** How long startup waits for the first connection. */
  readonly startupTimeoutMs: number;
  /** Maximum number of connection retries during startup. */
  readonly startupRetryAttempts: number;
  /** Total time that one request may wait for Redis, across all its calls. */
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

/** The complete configuration, typed and read once. Inject it: nothing else reads the environment. */
export class MarqueeConfig {
  /** Prefix of every Redis key. */
  readonly environment!: string;
  readonly version!: string;
  readonly http!: {
    readonly host: string;
    readonly port: number;
    /** Maximum body size of the routes that accept large bodies. */
    readonly bodyLimitBytes: number;
    /** Total size of the request bodies that this process receives concurrently. */
    readonly receiveBufferBytes: number;
    /** Names of this machine, besides localhost, that `Host` may contain when there are no API keys. */
    readonly localHosts: readonly string[];
    readonly shutdownTimeoutMs: number;
    /** Addresses and networks whose `X-Forwarded-For` is trusted. */
    readonly trustedProxies: readonly string[];
    /** Origins that CORS allows; `*` for all. */
    readonly corsOrigins: readonly string[];
  };
  /** Where the worker serves probes and metrics. */
  readonly worker!: { readonly port: number };
  /** API keys, as JSON in a file or inline. With neither, Marquee serves only callers on this machine. */
  readonly apiKeys!: { readonly file: string | undefined; readonly inline: string | undefined };
  readonly events!: {
    /** Approximate maximum length of the stream, which grows beyond it while a consumer lags. */
    readonly maxLength: number;
    /** Maximum memory of the stream, even if consumers lag. */
    readonly maxBytes: number;
    /** Maximum age of an event; 0 for no limit. */
    readonly maxAgeSeconds: number;
    /** Maximum number of clients that receive server-sent events from one process. */
    readonly maxListeners: number;
  };
  readonly sessions!: {
    /** Maximum total size of a tenant's sessions and transcripts. */
    readonly maxTenantBytes: number;
  };
  /** Where completed transcripts are archived. */
  readonly archive!: {
    readonly file: string | undefined;
    readonly webhook: { readonly url: string; readonly secret: string } | undefined;
  };
  /** Where traces are exported to (OTLP over HTTP); undefined turns tracing off. */
  readonly tracing!: { readonly endpoint: string | undefined };
  readonly log!: {
    readonly level: string;
    readonly format: 'auto' | 'json' | 'pretty';
    /** Fraction of the cache hits that are logged. */
    readonly hitsShare: number;
  };
  readonly redis!: RedisConfig;
  readonly cache!: {
    readonly ttlSeconds: number;
    readonly longTtlSeconds: number;
    /** Maximum size of a namespace's local tier; 0 turns it off. */
    readonly localBytes: number;
    /** Larger values are served but not cached. */
    readonly maxValueBytes: number;
  };
  readonly rateLimit!: {
    readonly windowSeconds: number;
    readonly maxRequests: number;
    /** File with policies that replace the default policy. */
    readonly policiesFile: string | undefined;
  };
  /** The OpenAI-compatible upstream; undefined selects the local model. */
  readonly openAi!: OpenAiConfig | undefined;
  readonly embeddings!: {
    readonly model: string | undefined;
    readonly dimensions: number | undefined;
    readonly usdPerMillionTokens: number;
    /** Maximum total size of the embeddings that a tenant stores by id. */
    readonly storeMaxBytes: number;
  };
  readonly queryUnderstanding!: {
    /** The chat model; undefined selects the rule steps alone. */
    readonly model: string | undefined;
    readonly modelTimeoutMs: number;
    /** Fraction of the cache hits that are recomputed in the background for comparison. */
    readonly shadowShare: number;
  };
  readonly search!: {
    /** How many of TMDB's most-voted movies the worker indexes. */
    readonly indexSize: number;
    /** How long a search waits for the vector of its words. */
    readonly embedTimeoutMs: number;
    /** Rate-limit cost of a search that is not cached. */
    readonly cost: number;
  };
  /** TMDB's API; undefined selects the bundled catalogue. */
  readonly tmdb!: TmdbConfig | undefined;
  readonly movies!: {
    /** Language of titles and overviews. */
    readonly language: string;
    /** Limit across all processes. */
    readonly requestsPerSecond: number;
    /** How often the worker polls for changed movies. */
    readonly changesSeconds: number;
  };
  readonly trending!: {
    /** TMDB's daily or weekly list, or the views of this app. */
    readonly source: 'day' | 'week' | 'views';
    readonly count: number;
    readonly refreshSeconds: number;
    /** Time after which a view counts half. */
    readonly halfLifeHours: number;
  };
  readonly upstream!: {
    readonly timeoutMs: number;
    readonly retryAttempts: number;
    readonly concurrency: number;
    /** Upper limit on the pause that `Retry-After` requests. */
    readonly maxRetryAfterMs: number;
  };
}
