import { Inject, Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { MarqueeConfig, type RedisAddress, type RedisTargetName } from '@app/config';
import { describeAddress, type DialableAddress } from '../connection/address.js';
import { RedisStartupError } from '../connection/redis.errors.js';
import { EmbeddedRedis, EmbeddedRedisError } from '../embedded/embedded-redis.js';
import { evictionWarnings } from '../health/server-policy.js';
import { RedisClient } from '../redis-client.js';
import { RedisMetrics } from '../redis.metrics.js';

/** Returns the injection token of a target's client. */
export const redisTargetToken = (name: RedisTargetName): string => `marquee:redis:${name}`;

/** Injects the client of a target: `@InjectRedis('sessions')`. */
export const InjectRedis = (name: RedisTargetName): ParameterDecorator => Inject(redisTargetToken(name));

export const targetNames = ['cache', 'sessions', 'limits'] as const;

/** Creates one client per target, connects them before the app listens, and closes them after HTTP has drained. */
@Injectable()
export class RedisTargets implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('Redis');
  private readonly clients: ReadonlyMap<RedisTargetName, RedisClient>;
  private readonly embedded: EmbeddedRedis | undefined;

  constructor(
    private readonly config: MarqueeConfig,
    metrics: RedisMetrics,
  ) {
    const { redis, environment } = config;
    this.clients = new Map(
      targetNames.flatMap((name) => {
        const target = redis.targets[name];
        return target ? [[name, new RedisClient({ name, target, redis, environment, metrics })]] : [];
      }),
    );
    this.embedded = redis.targets.cache.address.kind === 'embedded' ? new EmbeddedRedis() : undefined;
  }

  /** The clients of the targets that have their own server or database. */
  get dedicated(): readonly RedisClient[] {
    return [...this.clients.values()];
  }

  /**
   * The address and database of every target on one line, without credentials: `redis://127.0.0.1:6379, database 0`, or
   * `cache and limits: redis://127.0.0.1:6379, database 0; sessions: redis://127.0.0.1:6379, database 2`.
   */
  get description(): string {
    const described = this.dedicated.map((client) => {
      const { address, database } = client.status;
      const place = `${address}, database ${database}`;
      return { client, place: this.embedded && client.name === 'cache' ? `embedded (${place})` : place };
    });
    if (described.length === 1) return described[0]?.place ?? '';
    return described
      .map(({ client, place }) => {
        const names = targetNames.filter((name) => this.client(name) === client);
        return `${names.join(' and ')}: ${place}`;
      })
      .join('; ');
  }

  /** The URL of the embedded server while it runs, for processes that share it. */
  get embeddedUrl(): string | undefined {
    const { address } = this.client('cache').status;
    return this.embedded && address.startsWith('unix:') ? `${address}#embedded` : undefined;
  }

  /** Returns the client of a target: its own, or that of the cache. */
  client(name: RedisTargetName): RedisClient {
    return (this.clients.get(name) ?? this.clients.get('cache')) as RedisClient;
  }

  /** @throws RedisStartupError if a target cannot be reached and `REDIS_STARTUP=fail-fast` */
  async onModuleInit(): Promise<void> {
    try {
      await Promise.all([...this.clients.values()].map((client) => this.connect(client)));
    } catch (error) {
      await this.onApplicationShutdown();
      throw error;
    }
    this.warnAboutSharing();
  }

  async onApplicationShutdown(): Promise<void> {
    for (const client of this.clients.values()) client.close();
    await this.embedded?.stop();
  }

  private async connect(client: RedisClient): Promise<void> {
    const target = this.config.redis.targets[client.name];
    const address = target && (await this.dialable(target.address));
    if (!address) return;
    // The embedded server is starting: only the timeout limits the attempts.
    const attempts = this.embedded ? Infinity : 1 + this.config.redis.startupRetryAttempts;
    client.onceReady(() => void this.warnAboutEviction(client));
    if (await client.connect(address, attempts)) return;
    if (this.config.redis.startup === 'fail-fast') {
      throw new RedisStartupError(
        describeAddress(address),
        `${client.lastFault?.code ?? 'no reply in time'}${hintFor(address, client.lastFault?.code)}`,
        'Start the server, correct REDIS_URL (or REDIS_HOST and REDIS_PORT) and its password, or set REDIS_STARTUP=degrade to start without it.',
      );
    }
  }

  private async dialable(address: RedisAddress): Promise<DialableAddress | undefined> {
    if (address.kind !== 'embedded') return address;
    try {
      return {
        kind: 'unix',
        isEmbedded: true,
        path: await (this.embedded as EmbeddedRedis).start(this.config.redis.startupTimeoutMs),
      };
    } catch (error) {
      if (!(error instanceof EmbeddedRedisError)) throw error;
      if (this.config.redis.startup === 'fail-fast') {
        throw new RedisStartupError('embedded', error.message, error.remedy);
      }
      this.logger.warn(`Starting without Redis: ${error.message}. ${error.remedy}`);
      return undefined;
    }
  }

  /** Uses INFO, because managed servers often forbid CONFIG. */
  private async warnAboutEviction(client: RedisClient): Promise<void> {
    const info = await client.info(client.newBudget());
    if (info.status !== 'ok') return;
    for (const warning of evictionWarnings(client.name, info.value))
      this.logger.warn(`"${client.name}": ${warning}`);
  }

  private warnAboutSharing(): void {
    const sharing = (['sessions', 'limits'] as const).filter((name) => !this.clients.has(name));
    const { address } = this.config.redis.targets.cache;
    const isEmbedded = address.kind === 'embedded' || (address.kind === 'unix' && address.isEmbedded);
    if (isEmbedded || sharing.length === 0) return;
    this.logger.warn(
      `${sharing.join(' and ')} share the cache's Redis, which evicts keys when it is full, and may lose data. Set ${sharing.map((name) => `REDIS_${name.toUpperCase()}_URL`).join(' and ')} to a server with maxmemory-policy noeviction.`,
    );
  }
}

/** A TLS handshake with a plaintext port, or the reverse, fails without a meaningful error. */
function hintFor(address: DialableAddress, code: string | undefined): string {
  if ('tls' in address && address.tls && (code === 'ETIMEDOUT' || code === 'NOT_CONNECTED')) {
    return ' (does this port use TLS? If not, use a redis:// URL)';
  }
  if (code === 'CLOSED' || code === 'ECONNRESET')
    return ' (is it a Redis server? If it requires TLS, use a rediss:// URL)';
  return '';
}
