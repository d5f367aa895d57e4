import { Injectable } from '@nestjs/common';
import {
  CacheService,
  type CacheAnswer,
  defineNamespace,
  jsonTextCodec,
  type LoadMany,
  type Namespace,
} from '@app/cache';
import { MarqueeConfig } from '@app/config';
import { InjectRedis, loadScript, type RedisBudget, RedisClient } from '@app/redis';

const rememberLanguage = loadScript(
  'remember-language-1',
  new URL('./scripts/remember-language-1.lua', import.meta.url),
);

/** The key's whole life, and so the hard cap on a movie's age. */
export const MOVIE_TTL_SECONDS = 86_400;
/** Of that, the time in which a movie is only served while it is refreshed, or while TMDB fails. */
const STALE_SECONDS = 21_600;
const NOT_FOUND_SECONDS = 300;
/** A copy is short-lived only so that a purge without an invalidation reaches every process. */
const LOCAL_TTL_SECONDS = 300;

/** How often a process says that a language is in use. */
const rememberEveryMs = 3_600_000;
/** Longer than any movie in the language lives. */
const LANGUAGES_TTL_SECONDS = MOVIE_TTL_SECONDS + 2 * 3_600;
/** Of further languages, changed movies live out their day. */
const maxLanguages = 64;
const keysPerDeletion = 1_000;

/** The movies of a lookup. */
export interface MovieSelection {
  readonly ids: readonly number[];
  /** Undefined for the default language. */
  readonly language?: string | undefined;
}

/**
 * Movies in the cache: `{env}:tmdb:movie:{id}`, JSON, one day; in other than the default language
 * `{env}:tmdb:movie:{id}:{language}`. `{env}:upstream:tmdb:languages` holds the languages that were asked for in the last day.
 */
@Injectable()
export class TmdbRepository {
  private readonly namespace: Namespace<string>;
  private readonly languagesKey: string;
  /** When this process last said that a language is in use. */
  private readonly remembered = new Map<string, number>();

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
      codec: jsonTextCodec(isMovieOf),
      ttlSeconds: MOVIE_TTL_SECONDS - STALE_SECONDS,
      staleSeconds: STALE_SECONDS,
      negativeTtlSeconds: NOT_FOUND_SECONDS,
      // Other programs count on the day.
      jitter: 0,
      localTtlSeconds: localBytes > 0 ? LOCAL_TTL_SECONDS : 0,
      localBytes,
      keyParts: (parts) => ['tmdb', 'movie', ...parts],
    });
  }

  /** Returns one answer an id, in order: the movie's JSON, undefined where there is none. */
  getOrLoad(
    budget: RedisBudget,
    { ids, language }: MovieSelection,
    load: LoadMany<string>,
  ): Promise<CacheAnswer<string>[]> {
    if (language !== undefined) void this.remember(language);
    return this.cache.getOrSetMany(
      this.namespace,
      ids.map((id) => partsOf(id, language)),
      load,
      { budget },
    );
  }

  /** Deletes movies, in every language; returns how many entries there were. Undefined when Redis is away. */
  async drop(ids: readonly number[]): Promise<number | undefined> {
    const used = await this.redis.command(this.redis.newBudget(), 'SMEMBERS', this.languagesKey);
    if (used.status !== 'ok') return undefined;
    const languages = [undefined, ...(used.value as Buffer[]).map(String)];
    const keys = ids.flatMap((id) =>
      languages.map((language) => this.namespace.key(this.redis.keys, partsOf(id, language))),
    );
    let dropped = 0;
    for (let start = 0; start < keys.length; start += keysPerDeletion) {
      const outcome = await this.redis.delete(
        this.redis.newBudget(),
        keys.slice(start, start + keysPerDeletion),
      );
      if (outcome.status !== 'ok') return undefined;
      dropped += outcome.value;
    }
    return dropped;
  }

  private async remember(language: string): Promise<void> {
    const nowMs = performance.now();
    if (nowMs - (this.remembered.get(language) ?? -Infinity) < rememberEveryMs) return;
    if (this.remembered.size >= maxLanguages) this.remembered.clear();
    this.remembered.set(language, nowMs);
    const outcome = await this.redis.run(this.redis.newBudget(), rememberLanguage, {
      keys: [this.languagesKey],
      args: [language, LANGUAGES_TTL_SECONDS, maxLanguages],
    });
    if (outcome.status !== 'ok') this.remembered.delete(language);
  }
}

const partsOf = (id: number, language: string | undefined): string[] =>
  language === undefined ? [`${id}`] : [`${id}`, language];

/** A body of another movie, whoever stored it, is not what the key names. */
function isMovieOf(value: unknown, key = ''): boolean {
  const id = /:tmdb:movie:(\d+)(?=:|$)/.exec(key)?.[1];
  return typeof value === 'object' && value !== null && (value as { id?: unknown }).id === Number(id);
}
