// Made by `npm run client` from the API's OpenAPI document. Not to be edited.
export interface paths {
  '/v1/admin/cache/stats': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Outcomes, hit rate and savings by namespace; the local tier */
    get: operations['cacheAdminStats'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/cache/entry': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Why a key answers as it does: tier, TTLs, what stored it last */
    get: operations['cacheAdminEntry'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/cache': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete cached values by pattern
     * @description Walks with SCAN and frees with UNLINK, throttled. Answers one line of progress a page and at last the sums.
     */
    delete: operations['cacheAdminPurge'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/cache/warm': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Embed texts ahead
     * @description Answers one line of progress a step and at last the sums.
     */
    post: operations['cacheAdminWarm'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/embeddings': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Embed texts or token arrays
     * @description OpenAI's embeddings API: an OpenAI SDK, or a client built on one, works with its base URL pointed at /v1. Without an upstream a local model stands in, with 512 dimensions.
     */
    post: operations['embeddingsCreate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/models': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** List the embedding models served here */
    get: operations['embeddingsModels'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/live': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Liveness: the process serves. Redis being away does not change it. */
    get: operations['healthLive'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/ready': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Readiness: send traffic here. `degraded` (still 200) while Redis is away. */
    get: operations['healthReady'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/health/startup': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Start-up is over. */
    get: operations['healthStartup'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Status in one line */
    get: operations['healthSummary'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/api/v1/health': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Status in one line */
    get: operations['healthSummaryAlias'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/metrics': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Metrics for Prometheus */
    get: operations['metricsMetrics'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/events/dead-letters': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * List dead letters, the newest first
     * @description A page looks at a bounded number of them: with a filter it may hold fewer than `limit`, or none, and still have a `nextCursor`.
     */
    get: operations['deadLettersAdminList'];
    put?: never;
    post?: never;
    /**
     * Delete the dead letters that match
     * @description Needs a filter, or `all=true`. Continue with `cursor` while there is a `nextCursor`.
     */
    delete: operations['deadLettersAdminDeleteAll'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/events/dead-letters/replay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Replay the dead letters that match
     * @description Moves each to the consumer group that could not handle it, the oldest first; other groups do not get it again. The event keeps its id. Continue with `cursor` while there is a `nextCursor`.
     */
    post: operations['deadLettersAdminReplayAll'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/events/dead-letters/{id}/replay': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Replay a dead letter
     * @description Moves it to the consumer group that could not handle it; other groups do not get it again.
     */
    post: operations['deadLettersAdminReplay'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/events/dead-letters/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Delete a dead letter */
    delete: operations['deadLettersAdminDelete'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Length of the event stream; pending and lag of each consumer group */
    get: operations['eventsAdminStanding'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/{id}/events': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Listen to a session
     * @description Server-sent events `transcript_appended`, `transcript_completed` and `session_deleted`, each with its id, and a comment every 15 s. Of a text of more than 4,096 bytes an event has the beginning, and `truncated`, `bytes`, `chunks` and `url` say where the rest is. A client that does not keep up is cut off, and goes on with Last-Event-ID.
     */
    get: operations['eventsListen'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/movies/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Details of a movie
     * @description TMDB’s `GET /movie/{id}` with credits, videos and release dates. This product uses the TMDB API but is not endorsed or certified by TMDB.
     */
    get: operations['moviesOne'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/movies': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Details of many movies */
    get: operations['moviesMany'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /**
     * Delete sessions of a tenant, of a user or by the pattern of their keys
     * @description Deletes the sessions that match every given glob, with their transcripts and index entries. Walks with SCAN, throttled. Answers one line of progress a page and at last the sums; `limited` means that the limit was reached and the call is to be repeated.
     */
    delete: operations['sessionsAdminPurge'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Begin a session */
    post: operations['sessionsCreate'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a session; it lives on */
    get: operations['sessionsGet'];
    put?: never;
    post?: never;
    /** Delete a session with its transcript */
    delete: operations['sessionsDelete'];
    options?: never;
    head?: never;
    /**
     * Change fields and state of a session; null removes
     * @description All changes of a request are made at once, or none is. Concurrent merges into the state lose nothing.
     */
    patch: operations['sessionsPatch'];
    trace?: never;
  };
  '/v1/sessions/{id}/extend': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Let a session live longer once: up to thirty days from now */
    post: operations['sessionsExtend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/{id}/transcript': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Read a page of the transcript
     * @description With `Accept: text/plain` the whole text, the chunks joined by single spaces.
     */
    get: operations['sessionsTranscript'];
    put?: never;
    /** Append chunks to the transcript, in order, all or none */
    post: operations['sessionsAppend'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/sessions/{id}/complete': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** End the transcript, and hand consumers the whole text. Once more it changes nothing */
    post: operations['sessionsComplete'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tenants/{id}/sessions': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * The tenant's sessions, or those of one of its users, last used first
     * @description Without their states. A page may be short or empty before the last one: continue while there is a `nextCursor`.
     */
    get: operations['sessionsList'];
    put?: never;
    post?: never;
    /**
     * Delete the sessions of a user with their transcripts
     * @description Deletes up to `limit` sessions. Repeat the call until `complete` is true.
     */
    delete: operations['sessionsDeleteOfUser'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/embeddings/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a vector by id */
    get: operations['storedEmbeddingsGet'];
    /**
     * Store a vector by id
     * @description Replaces the one that is there. It expires after `ttlSeconds`, an hour by default.
     */
    put: operations['storedEmbeddingsPut'];
    post?: never;
    /** Delete a vector by id */
    delete: operations['storedEmbeddingsDelete'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tasks/{id}/result': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a task: its status, its progress and, when it is finished, its result */
    get: operations['tasksGet'];
    /**
     * Store the state of a task
     * @description Submit with `pending`, report with `running` and `progress`, finish with `done` and `result` or with `failed`. A `result` alone is a task that is done. A finished task does not become unfinished, and a failure does not replace a result.
     */
    put: operations['tasksPut'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tasks/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Read a task: its status, its progress and, when it is finished, its result */
    get: operations['tasksGetAlias'];
    /**
     * Store the state of a task
     * @description Submit with `pending`, report with `running` and `progress`, finish with `done` and `result` or with `failed`. A `result` alone is a task that is done. A finished task does not become unfinished, and a failure does not replace a result.
     */
    put: operations['tasksPutAlias'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tasks/{id}/claim': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Read a finished task once, and delete it
     * @description Of concurrent claims exactly one gets the task. A task that failed is claimed the same way.
     */
    post: operations['tasksClaim'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/tasks/{id}/result/claim': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Read a finished task once, and delete it
     * @description Of concurrent claims exactly one gets the task. A task that failed is claimed the same way.
     */
    post: operations['tasksClaimAlias'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/query-understanding': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /**
     * Understand a viewer's words
     * @description docs/query-understanding.md says what each field holds.
     */
    post: operations['queryUnderstandingUnderstand'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/query-understanding/graph': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The steps and what each waits for, as data and as a Mermaid flowchart */
    get: operations['queryUnderstandingGraph'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/rate-limit/policies': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The policies, for whom each is, and the overrides of clients */
    get: operations['rateLimitAdminSettings'];
    /**
     * Replace the policies
     * @description Every process follows within a second. What clients have used is kept, in units: a raised limit helps at once. Held until the configuration is changed and the app started anew.
     */
    put: operations['rateLimitAdminReplace'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/rate-limit/clients': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How a client stands with a policy */
    get: operations['rateLimitAdminLookUp'];
    put?: never;
    post?: never;
    /** Forget what a client has used of a policy */
    delete: operations['rateLimitAdminReset'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/admin/rate-limit/overrides': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    /** Give a client a quota of its own */
    put: operations['rateLimitAdminOverride'];
    post?: never;
    /** Take a client’s own quota away */
    delete: operations['rateLimitAdminRemoveOverride'];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/rate-limit': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How you stand with each policy of your plan; costs nothing */
    get: operations['rateLimitStanding'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/trending': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /**
     * Trending movies, most first; or, with `ids`, which of these are trending
     * @description With `include=movies` the details of the listed movies come along, so that an app needs one call. A movie without details is null, with a note of why.
     */
    get: operations['trendingList'];
    /**
     * Replace what trends, at once
     * @description Holds until the next scheduled refresh. Without `force` an empty set is refused, and one less than half as large.
     */
    put: operations['trendingReplace'];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/trending/{id}': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Whether a film trends, and at which rank */
    get: operations['trendingMember'];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  '/v1/trending/rollback': {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    /** Go back to the previous set; once more, and forth again */
    post: operations['trendingRollback'];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    CacheStats: {
      namespaces: {
        [key: string]: {
          /**
           * @example {
           *       "local_hit": 7,
           *       "redis_hit": 2,
           *       "miss": 1
           *     }
           */
          outcomes: {
            [key: string]: number;
          };
          /**
           * @description Share of lookups that asked no upstream
           * @example 0.9
           */
          hitRate?: number;
          /** @description What the hits would have cost, by what the loads cost on average */
          saved: {
            items: number;
            tokens: number;
            milliseconds: number;
            usd: number;
          };
        };
      };
      local: {
        [key: string]: {
          entries: number;
          bytes: number;
        };
      };
      /** @description Whether changes made elsewhere are known here */
      invalidation: boolean;
    };
    CacheEntry: {
      key: string;
      version: string | null;
      /** @enum {string} */
      tier: 'local' | 'redis' | 'none';
      redisAnswered: boolean;
      bytes: number | null;
      ttlSeconds: number | null;
      localTtlSeconds: number | null;
      stored: {
        at: string;
        ageSeconds: number;
        cause: string;
      } | null;
    };
    WarmRequest: {
      /** @example text-embedding-3-small */
      model: string;
      dimensions?: number;
      texts: (string | string[] | number[] | number[][])[];
    };
    EmbeddingsRequest: {
      /**
       * @description A text, a token array, or up to 2,048 of either. Tokens are those of the model’s own vocabulary, cl100k_base for OpenAI’s models and the local one; at most 8,192 in each array and 300,000 in all.
       * @example [
       *       "a heist in Los Angeles"
       *     ]
       */
      input: string | string[] | number[] | number[][];
      /** @example text-embedding-3-small */
      model: string;
      /**
       * @description base64 is little-endian float32
       * @default float
       * @enum {string}
       */
      encoding_format?: 'float' | 'base64';
      dimensions?: number;
      /** @description Accepted for compatibility; not used */
      user?: string;
    };
    EmbeddingsList: {
      /** @enum {string} */
      object: 'list';
      data: {
        /** @enum {string} */
        object: 'embedding';
        index: number;
        embedding: number[] | string;
      }[];
      model: string;
      /** @description Tokens embedded for this request; texts from the cache cost none */
      usage: {
        prompt_tokens: number;
        total_tokens: number;
      };
    };
    OpenAiError: {
      error: {
        message: string;
        /** @enum {string} */
        type: 'invalid_request_error' | 'server_error' | 'requests';
        param: string | null;
        code: string | null;
      };
    };
    ModelsList: {
      /** @enum {string} */
      object: 'list';
      data: {
        id: string;
        /** @enum {string} */
        object: 'model';
        created: number;
        owned_by: string;
      }[];
    };
    Health: {
      /** @enum {string} */
      status: 'ok' | 'degraded' | 'error' | 'shutting_down';
      info?: {
        [key: string]: {
          /** @enum {string} */
          status: 'up' | 'degraded' | 'down';
        } & {
          [key: string]: unknown;
        };
      };
      error?: {
        [key: string]: {
          /** @enum {string} */
          status: 'up' | 'degraded' | 'down';
        } & {
          [key: string]: unknown;
        };
      };
      details: {
        [key: string]: {
          /** @enum {string} */
          status: 'up' | 'degraded' | 'down';
        } & {
          [key: string]: unknown;
        };
      };
    };
    Problem: {
      /** @example urn:marquee:problem:invalid-request */
      type: string;
      title: string;
      status: number;
      detail: string;
      /** @description Names the request: quote it in reports */
      instance: string;
      /** @description The fields that are at fault */
      errors?: {
        field: string;
        message: string;
      }[];
      /** @description The rate-limit policies that refused */
      'violated-policies'?: string[];
    };
    HealthSummary: {
      /** @enum {string} */
      status: 'ok' | 'degraded';
      /** @example prod */
      environment: string;
      /** @example 0.1.0 */
      version: string;
      /** @enum {string} */
      redis_status: 'healthy' | 'unhealthy' | 'not_initialized' | 'error';
    };
    DeadLetters: {
      results: components['schemas']['DeadLetter'][];
      /** @description Dead letters in all, whatever the filter */
      total: number;
      nextCursor: string | null;
    };
    DeadLetter: {
      /** @example 1764000000000-0 */
      id: string;
      /** @description The consumer group that could not handle it */
      group: string;
      eventId: string;
      /** @example transcript_completed */
      type: string;
      sessionId: string;
      tenantId: string;
      /** @description Calls of the handler */
      attempts: number;
      /** @description Why the last attempt failed */
      reason: string;
      /** @description Of the event */
      timestamp: string;
      /** @description When it was set aside */
      deadSince: string;
      /** @description Of the whole text */
      transcriptBytes: number;
      /** @description The beginning of the text, up to 200 bytes */
      excerpt: string;
    };
    DeadLetterReplay: {
      /**
       * @description Consumer group
       * @example archive-webhook
       */
      group?: string;
      /**
       * @description Event type
       * @example transcript_completed
       */
      type?: string;
      /** @description Session id */
      session?: string;
      /**
       * @description Part of the reason; case does not matter
       * @example HTTP 422
       */
      reason?: string;
      cursor?: string;
      /** @default 1000 */
      limit?: number;
      /**
       * @description Count what matches, replay nothing
       * @default false
       */
      dryRun?: boolean;
    };
    DeadLettersReplayed: {
      /** @description That this call looked at and the filter matches */
      matched: number;
      dryRun: boolean;
      /** @description Where to continue; null when all were looked at */
      nextCursor: string | null;
      replayed: number;
    };
    DeadLetterReplayed: {
      replayed: number;
      group: string;
      eventId: string;
    };
    DeadLettersDeleted: {
      /** @description That this call looked at and the filter matches */
      matched: number;
      dryRun: boolean;
      /** @description Where to continue; null when all were looked at */
      nextCursor: string | null;
      deleted: number;
    };
    DeadLetterDeleted: {
      deleted: number;
    };
    EventsStanding: {
      /**
       * @description Entries of the stream
       * @example 1200
       */
      length: number;
      groups: {
        /** @example archive */
        name: string;
        /** @description Delivered and not acknowledged */
        pending: number;
        /** @description Not delivered yet; null where Redis does not know */
        lag: number | null;
        /** @description Replayed dead letters, not acknowledged yet */
        replays: number;
      }[];
    };
    /** @description TMDB's movie details with credits, videos and release dates, as TMDB sent them */
    Movie: {
      id: number;
      title: string;
      release_date: string;
      runtime: number | null;
      genres: {
        id: number;
        name: string;
      }[];
      credits: {
        [key: string]: unknown;
      };
      videos: {
        [key: string]: unknown;
      };
      release_dates: {
        [key: string]: unknown;
      };
      /**
       * @description Present where the film comes from the bundled catalogue and not from TMDB
       * @enum {string}
       */
      marquee_source?: 'catalogue';
    } & {
      [key: string]: unknown;
    };
    Movies: {
      /** @description In the order asked for */
      results: components['schemas']['Movie'][];
      /** @description Ids of which there is no movie */
      missing: number[];
      /** @description Ids that could not be had just now: ask for them again */
      failed: number[];
      /** @enum {string} */
      source: 'tmdb' | 'catalogue';
    };
    SessionDraft: {
      /** @example viewer-7 */
      userId?: string;
      agentId?: string;
      /** @example en-US */
      language?: string;
      /** @description Each use extends the session to this from then on; 86400 by default */
      ttlSeconds?: number;
      /**
       * @description A TTL by name instead of `ttlSeconds`: short is 3600 s, standard is 86400 s, long is 2592000 s
       * @enum {string}
       */
      ttl?: 'short' | 'standard' | 'long';
      /**
       * @example {
       *       "device": "tv"
       *     }
       */
      metadata?: {
        [key: string]: string | number | boolean;
      };
      /**
       * @description Nested JSON, at most 65536 bytes and 16 levels
       * @example {
       *       "cart": {
       *         "movies": [
       *           949
       *         ]
       *       }
       *     }
       */
      state?: {
        [key: string]: unknown;
      };
    };
    Session: {
      /** @example 01a1fe41-a5f5-76ab-8665-36b9a52eb830 */
      id: string;
      tenantId: string;
      userId: string | null;
      agentId: string | null;
      language: string | null;
      /** Format: date-time */
      startedAt: string | null;
      /**
       * Format: date-time
       * @description Its end, unless it is used before: each use extends it to its TTL
       */
      expiresAt: string;
      /** Format: date-time */
      completedAt: string | null;
      /** @description Each use extends the session to this from then on */
      ttlSeconds: number;
      metadata: {
        [key: string]: string;
      };
      /** @description null if the session has none */
      state: {
        [key: string]: unknown;
      } | null;
    };
    SessionPatch: {
      userId?: string | null;
      agentId?: string | null;
      language?: string | null;
      /** @description Fields to set; null removes one */
      metadata?: {
        [key: string]: (string | null) | (number | null) | (boolean | null);
      };
      /**
       * @description A JSON Merge Patch (RFC 7396): members are merged, arrays and scalars replaced, null removes
       * @example {
       *       "cart": {
       *         "movies": [
       *           949,
       *           680
       *         ]
       *       }
       *     }
       */
      state?: {
        [key: string]: unknown;
      } | null;
      /** @description Stores `state` as it is instead of merging it */
      replaceState?: boolean;
    };
    SessionExtension: {
      /** @default 86400 */
      ttlSeconds?: number;
    };
    TranscriptChunks: {
      /**
       * @example [
       *       "I want a heist film",
       *       "from the nineties"
       *     ]
       */
      chunks: string[];
    };
    TranscriptAppended: {
      /** @description Chunks in all */
      total: number;
    };
    Transcript: {
      chunks: string[];
      total: number;
    };
    SessionCompletion: {
      /**
       * @description Takes the transcript away; consumers still get the whole text
       * @default false
       */
      deleteTranscript?: boolean;
    };
    SessionCompleted: {
      total: number;
      /** Format: date-time */
      completedAt: string;
    };
    SessionsPage: {
      sessions: components['schemas']['SessionSummary'][];
      nextCursor: string | null;
    };
    SessionSummary: {
      /** @example 01a1fe41-a5f5-76ab-8665-36b9a52eb830 */
      id: string;
      tenantId: string;
      userId: string | null;
      agentId: string | null;
      language: string | null;
      /** Format: date-time */
      startedAt: string | null;
      /**
       * Format: date-time
       * @description Its end, unless it is used before: each use extends it to its TTL
       */
      expiresAt: string;
      /** Format: date-time */
      completedAt: string | null;
      /** @description Each use extends the session to this from then on */
      ttlSeconds: number;
      metadata: {
        [key: string]: string;
      };
    };
    SessionsDeleted: {
      deleted: number;
      /** @description False if sessions are left: repeat the call */
      complete: boolean;
    };
    StoredEmbeddingDraft: {
      /**
       * @description Up to 8192 numbers, or base64 of little-endian float32s
       * @example [
       *       0.25,
       *       -0.5
       *     ]
       */
      embedding: number[] | string;
      /** @default 3600 */
      ttlSeconds?: number;
    };
    StoredEmbeddingKept: {
      id: string;
      dimensions: number;
      /**
       * Format: date-time
       * @description Null where another program stored it without a TTL
       */
      expiresAt: string | null;
    };
    StoredEmbedding: {
      id: string;
      dimensions: number;
      /**
       * Format: date-time
       * @description Null where another program stored it without a TTL
       */
      expiresAt: string | null;
      embedding: number[] | string;
    };
    StoredEmbeddingDeleted: {
      id: string;
      /** @enum {boolean} */
      deleted: true;
    };
    TaskDraft: {
      /**
       * @default done
       * @enum {string}
       */
      status?: 'pending' | 'running' | 'done' | 'failed';
      /** @description From 0 to 1. Without it the last one stays; a task that is done has 1 */
      progress?: number;
      /**
       * @description Any JSON: required when done, the cause when failed, refused before
       * @example {
       *       "movies": [
       *         949
       *       ]
       *     }
       */
      result?: unknown;
      /** @description How long the task is kept after each write. Without it the task's own stays: 1800 unless it was set */
      ttlSeconds?: number;
    };
    TaskStored: {
      id: string;
      /** @enum {string} */
      status: 'pending' | 'running' | 'done' | 'failed';
      /** @description From 0 to 1; null if it is not known */
      progress: number | null;
      /** Format: date-time */
      expiresAt: string;
    };
    Task: {
      id: string;
      /** @enum {string} */
      status: 'pending' | 'running' | 'done' | 'failed';
      /** @description From 0 to 1; null if it is not known */
      progress: number | null;
      /** @description null until the task is finished */
      result: unknown;
    };
    UnderstandRequest: {
      /** @example dark comedies from the early 2000s, but not like Bad Santa */
      query: string;
    };
    Understanding: {
      /** @enum {number} */
      version: 1;
      query: string;
      normalized: string;
      /**
       * @description ISO 639-1
       * @example en
       */
      language: string;
      /** @enum {string} */
      intent: 'search' | 'similar' | 'person' | 'title' | 'trending';
      titles: string[];
      people: {
        name: string;
        /** @enum {string} */
        role: 'director' | 'actor' | 'writer' | 'any';
      }[];
      genres: (
        | 'Action'
        | 'Adventure'
        | 'Animation'
        | 'Comedy'
        | 'Crime'
        | 'Documentary'
        | 'Drama'
        | 'Family'
        | 'Fantasy'
        | 'History'
        | 'Horror'
        | 'Music'
        | 'Mystery'
        | 'Romance'
        | 'Science Fiction'
        | 'TV Movie'
        | 'Thriller'
        | 'War'
        | 'Western'
      )[];
      excludedGenres: (
        | 'Action'
        | 'Adventure'
        | 'Animation'
        | 'Comedy'
        | 'Crime'
        | 'Documentary'
        | 'Drama'
        | 'Family'
        | 'Fantasy'
        | 'History'
        | 'Horror'
        | 'Music'
        | 'Mystery'
        | 'Romance'
        | 'Science Fiction'
        | 'TV Movie'
        | 'Thriller'
        | 'War'
        | 'Western'
      )[];
      years: {
        from: number | null;
        to: number | null;
      };
      runtimeMinutes: {
        min: number | null;
        max: number | null;
      };
      rating: {
        min: number | null;
      };
      certification: ('G' | 'PG' | 'PG-13' | 'R' | 'NC-17')[];
      moods: string[];
      themes: string[];
      excludedThemes: string[];
      /** @enum {string} */
      sort: 'relevance' | 'rating' | 'newest' | 'oldest' | 'popularity';
      limit: number | null;
      rewritten: string;
      /** @description Steps that failed or were late */
      degraded: string[];
    };
    UnderstandingGraph: {
      steps: {
        name: string;
        description: string;
        inputs: string[];
        timeoutMs: number;
        optional: boolean;
      }[];
      mermaid: string;
    };
    RateLimitSettings: {
      policies: {
        name: string;
        /** @enum {string} */
        algorithm?: 'sliding-window' | 'gcra' | 'fixed-window' | 'calendar';
        quota: number;
        windowSeconds?: number;
        burst?: number;
        /** @enum {string} */
        period?: 'minute' | 'hour' | 'day' | 'week' | 'month';
        /**
         * @default key
         * @enum {string}
         */
        partition: 'key' | 'tenant' | 'user' | 'address';
        /**
         * @default requests
         * @enum {string}
         */
        unit: 'requests' | 'content-bytes' | 'concurrent-requests';
        cost?: number;
        /**
         * @default enforce
         * @enum {string}
         */
        mode: 'enforce' | 'shadow';
        /**
         * @default local
         * @enum {string}
         */
        onRedisFailure: 'local' | 'open' | 'closed';
        routes?: string[];
      }[];
      plans: {
        [key: string]: string[];
      };
      /** @default [] */
      beforeAuthentication: string[];
      onFailure?: string[];
      overrides: {
        policy: string;
        client: string;
        quota: number;
        windowSeconds?: number;
        burst?: number;
        /** Format: date-time */
        expiresAt?: string;
      }[];
      version: string;
      /** @description Processes that share the limits */
      replicas: number;
    };
    RateLimitPolicySet: {
      policies: {
        name: string;
        /** @enum {string} */
        algorithm?: 'sliding-window' | 'gcra' | 'fixed-window' | 'calendar';
        quota: number;
        windowSeconds?: number;
        burst?: number;
        /** @enum {string} */
        period?: 'minute' | 'hour' | 'day' | 'week' | 'month';
        /**
         * @default key
         * @enum {string}
         */
        partition?: 'key' | 'tenant' | 'user' | 'address';
        /**
         * @default requests
         * @enum {string}
         */
        unit?: 'requests' | 'content-bytes' | 'concurrent-requests';
        cost?: number;
        /**
         * @default enforce
         * @enum {string}
         */
        mode?: 'enforce' | 'shadow';
        /**
         * @default local
         * @enum {string}
         */
        onRedisFailure?: 'local' | 'open' | 'closed';
        routes?: string[];
      }[];
      plans: {
        [key: string]: string[];
      };
      /** @default [] */
      beforeAuthentication?: string[];
      onFailure?: string[];
    };
    RateLimitStanding: {
      /** @example default */
      name: string;
      /**
       * @description Whose limit it is, as administrators call it
       * @example acme:web
       */
      client: string;
      /**
       * @description Units in a window
       * @example 100
       */
      quota: number;
      /** @example 60 */
      windowSeconds: number;
      /**
       * @description Units that may come at once
       * @example 100
       */
      burst: number;
      /** @enum {string} */
      unit: 'requests' | 'content-bytes' | 'concurrent-requests';
      /** @example 57 */
      remaining: number;
      /**
       * @description Until all of it is back, in a sliding window until more is
       * @example 26
       */
      resetSeconds: number;
    };
    RateLimitReset: {
      /** @description Whether there was something to forget */
      reset: boolean;
    };
    RateLimitOverride: {
      policy: string;
      client: string;
      quota: number;
      windowSeconds?: number;
      burst?: number;
      /** Format: date-time */
      expiresAt?: string;
    };
    RateLimitOverrideRemoved: {
      removed: boolean;
    };
    RateLimitStandings: {
      /** @example default */
      plan: string;
      /** @description Redis is away: each process limits by itself, and there is no standing to tell */
      degraded: boolean;
      policies: components['schemas']['RateLimitStanding'][];
    };
    Trending: {
      /** @description Most trending first */
      ids: number[];
      /** @description With `include=movies`: the details of the ids, in the same order */
      movies?: {
        id: number;
        movie: components['schemas']['Movie'] | (never | null);
        /**
         * @description Why there are no details: there is no such movie, or they could not be loaded just now
         * @enum {string}
         */
        note?: 'missing' | 'failed';
      }[];
      /** @description How many films trend */
      count: number;
      /** @description Null where another program wrote the set */
      source: string | null;
      /** Format: date-time */
      updatedAt: string | null;
      ageSeconds: number | null;
      /** @description True where Redis could not confirm that this is still current */
      stale: boolean;
    };
    TrendingMembers: {
      members: components['schemas']['TrendingMember'][];
      /** @description How many films trend */
      count: number;
      /** @description Null where another program wrote the set */
      source: string | null;
      /** Format: date-time */
      updatedAt: string | null;
      ageSeconds: number | null;
      /** @description True where Redis could not confirm that this is still current */
      stale: boolean;
    };
    TrendingMember: {
      id: number;
      trending: boolean;
      rank: number | null;
    };
    TrendingMembership: {
      id: number;
      trending: boolean;
      rank: number | null;
      /** @description How many films trend */
      count: number;
      /** @description Null where another program wrote the set */
      source: string | null;
      /** Format: date-time */
      updatedAt: string | null;
      ageSeconds: number | null;
      /** @description True where Redis could not confirm that this is still current */
      stale: boolean;
    };
    TrendingReplacement: {
      /**
       * @description Most trending first
       * @example [
       *       949,
       *       8195
       *     ]
       */
      ids: number[];
      /**
       * @description Take an empty set, or one less than half as large as the current one, as well
       * @default false
       */
      force?: boolean;
    };
    TrendingFreshness: {
      /** @description How many films trend */
      count: number;
      /** @description Null where another program wrote the set */
      source: string | null;
      /** Format: date-time */
      updatedAt: string | null;
      ageSeconds: number | null;
      /** @description True where Redis could not confirm that this is still current */
      stale: boolean;
    };
  };
  responses: {
    /** @description The request is not valid; `errors` names each field */
    Invalid: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description An API key is needed, or this one is not known */
    Unauthenticated: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The API key may not do this; or, without keys, the caller is not on this machine */
    Forbidden: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The body did not arrive in time */
    TooSlow: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The body is larger than this route takes */
    TooLarge: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description The body is not application/json */
    UnsupportedMediaType: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description A rate limit is used up and nothing was charged, or too many bytes are sent at once */
    RateLimited: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        RateLimit: components['headers']['RateLimit'];
        'RateLimit-Policy': components['headers']['RateLimit-Policy'];
        'Retry-After': components['headers']['Retry-After'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description More bytes are being received than this process takes at once; see Retry-After */
    Overloaded: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        'Retry-After': components['headers']['Retry-After'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description Something went wrong here */
    Failed: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/problem+json': components['schemas']['Problem'];
      };
    };
    /** @description An API key is needed, or this one is not known */
    OpenAiUnauthenticated: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['OpenAiError'];
      };
    };
    /** @description The API key may not do this; or, without keys, the caller is not on this machine */
    OpenAiForbidden: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['OpenAiError'];
      };
    };
    /** @description The body did not arrive in time */
    OpenAiTooSlow: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['OpenAiError'];
      };
    };
    /** @description The body is not application/json */
    OpenAiUnsupportedMediaType: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['OpenAiError'];
      };
    };
    /** @description A rate limit is used up and nothing was charged, or too many bytes are sent at once */
    OpenAiRateLimited: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        RateLimit: components['headers']['RateLimit'];
        'RateLimit-Policy': components['headers']['RateLimit-Policy'];
        'Retry-After': components['headers']['Retry-After'];
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['OpenAiError'];
      };
    };
    /** @description Something went wrong here */
    OpenAiFailed: {
      headers: {
        'X-Request-Id': components['headers']['X-Request-Id'];
        [name: string]: unknown;
      };
      content: {
        'application/json': components['schemas']['OpenAiError'];
      };
    };
  };
  parameters: never;
  requestBodies: never;
  headers: {
    /**
     * @description Names the request: the client’s own, or a fresh one
     * @example 4c6f9a0e-2b52-4d0e-9d0f-6d3d3f0a2a11
     */
    'X-Request-Id': string;
    /**
     * @description draft-ietf-httpapi-ratelimit-headers-11: what is left. Absent while Redis is away
     * @example "default";r=99;t=1;pk=:L0RYVHI0S1RS:
     */
    RateLimit: string;
    /**
     * @description The policies that hold
     * @example "default";q=100;w=60;pk=:L0RYVHI0S1RS:
     */
    'RateLimit-Policy': string;
    /**
     * @description Seconds until it is worth another try
     * @example 5
     */
    'Retry-After': string;
  };
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  cacheAdminStats: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CacheStats'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
    };
  };
  cacheAdminEntry: {
    parameters: {
      query: {
        key: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['CacheEntry'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
    };
  };
  cacheAdminPurge: {
    parameters: {
      query: {
        /** @description A glob below `{env}:` */
        pattern: string;
        /** @description Count what matches, delete nothing */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A JSON object a line */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': string;
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
    };
  };
  cacheAdminWarm: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['WarmRequest'];
      };
    };
    responses: {
      /** @description A JSON object a line */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': string;
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      500: components['responses']['Failed'];
      503: components['responses']['Overloaded'];
    };
  };
  embeddingsCreate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['EmbeddingsRequest'];
      };
    };
    responses: {
      /** @description One embedding an input, in order */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EmbeddingsList'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenAiError'];
        };
      };
      401: components['responses']['OpenAiUnauthenticated'];
      403: components['responses']['OpenAiForbidden'];
      /** @description The model is not served */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenAiError'];
        };
      };
      408: components['responses']['OpenAiTooSlow'];
      /** @description The body is too large */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenAiError'];
        };
      };
      415: components['responses']['OpenAiUnsupportedMediaType'];
      429: components['responses']['OpenAiRateLimited'];
      500: components['responses']['OpenAiFailed'];
      /** @description The upstream refused or gave an unusable answer */
      502: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenAiError'];
        };
      };
      /** @description The upstream failed; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenAiError'];
        };
      };
      /** @description The upstream did not answer in time */
      504: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['OpenAiError'];
        };
      };
    };
  };
  embeddingsModels: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['ModelsList'];
        };
      };
      401: components['responses']['OpenAiUnauthenticated'];
      403: components['responses']['OpenAiForbidden'];
      429: components['responses']['OpenAiRateLimited'];
      500: components['responses']['OpenAiFailed'];
    };
  };
  healthLive: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      500: components['responses']['Failed'];
    };
  };
  healthReady: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      500: components['responses']['Failed'];
      /** @description Shutting down */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  healthStartup: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Health'];
        };
      };
      500: components['responses']['Failed'];
    };
  };
  healthSummary: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HealthSummary'];
        };
      };
      500: components['responses']['Failed'];
    };
  };
  healthSummaryAlias: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['HealthSummary'];
        };
      };
      500: components['responses']['Failed'];
    };
  };
  metricsMetrics: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'text/plain': string;
        };
      };
      500: components['responses']['Failed'];
    };
  };
  deadLettersAdminList: {
    parameters: {
      query?: {
        /** @description Consumer group */
        group?: string;
        /** @description Event type */
        type?: string;
        /** @description Session id */
        session?: string;
        /** @description Part of the reason; case does not matter */
        reason?: string;
        cursor?: string;
        limit?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeadLetters'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
      /** @description Redis did not answer */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deadLettersAdminDeleteAll: {
    parameters: {
      query?: {
        /** @description Consumer group */
        group?: string;
        /** @description Event type */
        type?: string;
        /** @description Session id */
        session?: string;
        /** @description Part of the reason; case does not matter */
        reason?: string;
        /** @description Needed where there is no filter */
        all?: 'true' | 'false';
        cursor?: string;
        limit?: string;
        /** @description Count what matches, delete nothing */
        dryRun?: 'true' | 'false';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeadLettersDeleted'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deadLettersAdminReplayAll: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['DeadLetterReplay'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeadLettersReplayed'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deadLettersAdminReplay: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeadLetterReplayed'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no such dead letter */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  deadLettersAdminDelete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['DeadLetterDeleted'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no such dead letter */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  eventsAdminStanding: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['EventsStanding'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
      /** @description Redis did not answer */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  eventsListen: {
    parameters: {
      query?: never;
      header?: {
        /** @description Continues after this event; 0 for all that are still kept. If some are not, an event `gap` says so first. Without it: what comes from now on */
        'Last-Event-ID'?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'text/event-stream': string;
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Too many listen here, or Redis is away */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  moviesOne: {
    parameters: {
      query?: {
        /** @description Language of titles and overviews, a BCP 47 tag; TMDB_LANGUAGE by default. The bundled catalogue is in English alone. */
        language?: string;
      };
      header?: never;
      path: {
        /** @description A TMDB id */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Movie'];
        };
      };
      /** @description The id or the language is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no such movie */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description TMDB failed; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  moviesMany: {
    parameters: {
      query: {
        /** @description Up to 100 */
        ids: string;
        /** @description Language of titles and overviews, a BCP 47 tag; TMDB_LANGUAGE by default. The bundled catalogue is in English alone. */
        language?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Movies'];
        };
      };
      /** @description An id or the language is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description TMDB failed for all of them */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsAdminPurge: {
    parameters: {
      query?: {
        /** @description A glob of tenant ids */
        tenantId?: string;
        /** @description A glob of user ids */
        userId?: string;
        /** @description A glob of keys below `{env}:` */
        pattern?: string;
        /** @description Count what matches, delete nothing */
        dryRun?: 'true' | 'false';
        /** @description Sessions at most */
        limit?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description A JSON object a line */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/x-ndjson': string;
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not answer */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsCreate: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SessionDraft'];
      };
    };
    responses: {
      /** @description As asked */
      201: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Session'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsGet: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Session'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsDelete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Done */
      204: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsPatch: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SessionPatch'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Session'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsExtend: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SessionExtension'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Session'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsTranscript: {
    parameters: {
      query?: {
        offset?: string;
        limit?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Transcript'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsAppend: {
    parameters: {
      query?: never;
      header?: {
        /** @description Tried again with the same key within an hour, the chunks are appended once */
        'Idempotency-Key'?: string;
      };
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TranscriptChunks'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TranscriptAppended'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      408: components['responses']['TooSlow'];
      /** @description The transcript is completed */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The transcript would be too large, or the tenant holds as much as it may */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      415: components['responses']['UnsupportedMediaType'];
      /** @description The key came with other chunks before */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsComplete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['SessionCompletion'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionCompleted'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsList: {
    parameters: {
      query?: {
        /** @description Only the sessions of this user */
        userId?: string;
        limit?: string;
        cursor?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionsPage'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description Another tenant */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  sessionsDeleteOfUser: {
    parameters: {
      query: {
        /** @description The user whose sessions are deleted */
        userId: string;
        limit?: string;
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['SessionsDeleted'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description Another tenant */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  storedEmbeddingsGet: {
    parameters: {
      query?: {
        /** @description base64 is little-endian float32 */
        encoding_format?: 'float' | 'base64';
      };
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['StoredEmbedding'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is none */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description Another program stored something else there */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  storedEmbeddingsPut: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['StoredEmbeddingDraft'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['StoredEmbeddingKept'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      /** @description Too much is stored */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  storedEmbeddingsDelete: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['StoredEmbeddingDeleted'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is none */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasksGet: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasksPut: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskDraft'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TaskStored'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      /** @description The task is finished */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description As asked */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasksGetAlias: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasksPutAlias: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TaskDraft'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TaskStored'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      /** @description The task is finished */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description As asked */
      413: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasksClaim: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The task is still pending or running; see Retry-After */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  tasksClaimAlias: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Task'];
        };
      };
      /** @description A field is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description As asked */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      /** @description The task is still pending or running; see Retry-After */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis did not confirm it; see Retry-After */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  queryUnderstandingUnderstand: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['UnderstandRequest'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Understanding'];
        };
      };
      /** @description The query is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      503: components['responses']['Overloaded'];
    };
  };
  queryUnderstandingGraph: {
    parameters: {
      query?: {
        format?: 'json' | 'mermaid';
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['UnderstandingGraph'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
    };
  };
  rateLimitAdminSettings: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitSettings'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
    };
  };
  rateLimitAdminReplace: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RateLimitPolicySet'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitSettings'];
        };
      };
      /** @description Not valid; every fault is named */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      500: components['responses']['Failed'];
      /** @description Redis did not take it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  rateLimitAdminLookUp: {
    parameters: {
      query: {
        policy: string;
        /** @description `tenant:key`, `tenant`, `tenant:user` or `tenant:address`, as the policy’s partition says; the address alone before authentication */
        client: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitStanding'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no such policy */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      500: components['responses']['Failed'];
      /** @description Redis did not answer */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  rateLimitAdminReset: {
    parameters: {
      query: {
        policy: string;
        /** @description `tenant:key`, `tenant`, `tenant:user` or `tenant:address`, as the policy’s partition says; the address alone before authentication */
        client: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitReset'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no such policy */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      500: components['responses']['Failed'];
      /** @description Redis did not answer */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  rateLimitAdminOverride: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['RateLimitOverride'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitOverride'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no such policy */
      404: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      408: components['responses']['TooSlow'];
      /** @description There are a thousand already */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      500: components['responses']['Failed'];
      /** @description Redis did not take it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  rateLimitAdminRemoveOverride: {
    parameters: {
      query: {
        policy: string;
        /** @description `tenant:key`, `tenant`, `tenant:user` or `tenant:address`, as the policy’s partition says; the address alone before authentication */
        client: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitOverrideRemoved'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
      /** @description Redis did not take it */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  rateLimitStanding: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['RateLimitStandings'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      500: components['responses']['Failed'];
    };
  };
  trendingList: {
    parameters: {
      query?: {
        /** @description How many at most: 10000 by default; with `include=movies` 20 by default and 100 at most */
        limit?: string;
        /** @description How many to leave out at the top */
        offset?: string;
        /** @description Ask instead which of these are trending, up to 1000 */
        ids?: string;
        /** @description Embed the details of the movies that are listed */
        include?: 'movies';
        /** @description Language of titles and overviews, a BCP 47 tag; TMDB_LANGUAGE by default. The bundled catalogue is in English alone. */
        language?: string;
      };
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['Trending'] | components['schemas']['TrendingMembers'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Nothing is known yet */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  trendingReplace: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        'application/json': components['schemas']['TrendingReplacement'];
      };
    };
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TrendingFreshness'];
        };
      };
      400: components['responses']['Invalid'];
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      408: components['responses']['TooSlow'];
      /** @description Another replacement is under way */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      413: components['responses']['TooLarge'];
      415: components['responses']['UnsupportedMediaType'];
      /** @description The set is empty or shrunken */
      422: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
      /** @description Redis is away; nothing has changed */
      503: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          'Retry-After': components['headers']['Retry-After'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
    };
  };
  trendingMember: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description A TMDB id */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TrendingMembership'];
        };
      };
      /** @description The id is not valid */
      400: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
    };
  };
  trendingRollback: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description As asked */
      200: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/json': components['schemas']['TrendingFreshness'];
        };
      };
      401: components['responses']['Unauthenticated'];
      403: components['responses']['Forbidden'];
      /** @description There is no previous set */
      409: {
        headers: {
          'X-Request-Id': components['headers']['X-Request-Id'];
          RateLimit: components['headers']['RateLimit'];
          'RateLimit-Policy': components['headers']['RateLimit-Policy'];
          [name: string]: unknown;
        };
        content: {
          'application/problem+json': components['schemas']['Problem'];
        };
      };
      429: components['responses']['RateLimited'];
      500: components['responses']['Failed'];
    };
  };
}
