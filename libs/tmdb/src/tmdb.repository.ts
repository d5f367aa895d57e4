import { Injectable } from '@nestjs/common';
import {
  type CacheResult,
  CacheService,
  defineNamespace,
  type GetOrLoadOptions,
  jsonTextCodec,
  type Load,
  type Namespace,
} from '@app/cache';
import { LONG_TTL_SECONDS, MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, RedisClient } from '@app/redis';

const rememberLanguage = loadScript(
  'remember-language-1',
  new URL('./scripts/remember-language-1.lua', import.meta.url),
);

/** The TTL of a key, which is the maximum age of a movie. */
export const MOVIE_TTL_SECONDS = LONG_TTL_SECONDS;
/** The last part of the TTL, in which a movie is served only while it is being refreshed or TMDB fails. */
const STALE_SECONDS = 21_600;
const NOT_FOUND_SECONDS = 300;
/** Local copies expire so that a purge reaches every process even without invalidation. */
const LOCAL_TTL_SECONDS = 300;

/** How often a process records that a language is in use. */
const recordEveryMs = 3_600_000;
/** Longer than any movie in the language is cached. */
const LANGUAGES_TTL_SECONDS = MOVIE_TTL_SECONDS + 2 * 3_600;
/** In further languages, changed movies stay cached until they expire. */
const maxLanguages = 64;

/** Identifies a cached movie. */
export interface MovieInput {
  readonly id: number;
  /** Undefined for the default language. */
  readonly language: string | undefined;
}

/**
 * Caches movies as JSON in `{env}:tmdb:movie:{id}` for one day, and in `{env}:tmdb:movie:{id}:{language}` for languages other
 * than the default. `{env}:upstream:tmdb:languages` holds the languages that were requested during the last day.
 */
@Injectable()
export class TmdbRepository {
  private readonly namespace: Namespace<MovieInput, string>;
  private readonly languagesKey: string;
  /** When this process last recorded that a language is in use. */
  private readonly recordedMs = new Map<string, number>();

  constructor(
    private readonly cache: CacheService,
    @InjectRedis('cache') private readonly redis: RedisClient,
    config: MarqueeConfig,
  ) {
    redis.register(rememberLanguage);
    this.languagesKey = redis.keys.key('upstream', 'tmdb', 'languages');
    const { localBytes } = config.cache;
    this.namespace = defineNamespace({
      name: 'movie',
      prefix: ['tmdb', 'movie'],
      keyOf: ({ id, language }: MovieInput) => (language === undefined ? `${id}` : [`${id}`, language]),
      codec: jsonTextCodec(isMovieOf),
      ttlSeconds: MOVIE_TTL_SECONDS - STALE_SECONDS,
      staleSeconds: STALE_SECONDS,
      negativeTtlSeconds: NOT_FOUND_SECONDS,
      // Other programs rely on the exact TTL, so movies that were loaded together are refreshed at different times instead.
      jitter: 0,
      refreshJitter: 0.1,
      earlyRefreshBeta: 1,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
    });
  }

  /** Returns one result for each movie, in order: its JSON, undefined if there is no such movie. */
  getOrLoad(
    movies: readonly MovieInput[],
    load: Load<MovieInput, string>,
    options: GetOrLoadOptions,
  ): Promise<CacheResult<string>[]> {
    for (const language of new Set(movies.map((movie) => movie.language))) {
      if (language !== undefined) void this.recordLanguage(language);
    }
    return this.cache.getOrLoad(this.namespace, movies, load, options);
  }

  /**
   * Deletes movies in every language. Returns how many entries there were, or undefined if Redis did not confirm the deletion
   * of all of them.
   */
  async delete(ids: readonly number[]): Promise<number | undefined> {
    const used = await this.redis.command(this.redis.newBudget(), 'SMEMBERS', this.languagesKey);
    if (used.status !== 'ok') return undefined;
    const languages = [undefined, ...(used.value as Buffer[]).map(String)];
    const movies = ids.flatMap((id) => languages.map((language) => ({ id, language })));
    return (await this.cache.deleteMany(this.namespace, movies)) ?? undefined;
  }

  private async recordLanguage(language: string): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - (this.recordedMs.get(language) ?? -Infinity) < recordEveryMs) return;
    if (this.recordedMs.size >= maxLanguages) this.recordedMs.clear();
    this.recordedMs.set(language, nowMs);
    const outcome = await this.redis.run(this.redis.newBudget(), rememberLanguage, {
      keys: [this.languagesKey],
      args: [language, LANGUAGES_TTL_SECONDS, maxLanguages],
    });
    if (outcome.status !== 'ok') this.recordedMs.delete(language);
  }
}

/** The body of another movie is not a value of the key, no matter who stored it. */
const isMovieOf = (value: unknown, { id }: MovieInput): boolean =>
  typeof value === 'object' && value !== null && (value as { id?: unknown }).id === id;
