import type { RedisClient } from '@app/redis';

/**
 * The generation of each purged namespace, in the hash `{env}:cache:generations`. A purge begins a new one, and with it
 * new keys; the old ones are never read again and expire. Every process is told through the invalidation feed.
 */
export class Generations {
  private known: ReadonlyMap<string, number> = new Map();

  constructor(private readonly redis: RedisClient) {}

  /** The hash itself. No entry of a namespace has so few parts. */
  get key(): string {
    return this.redis.keys.key('cache', 'generations');
  }

  of(namespace: string): number {
    return this.known.get(namespace) ?? 0;
  }

  /** Begins a new generation. Undefined when Redis did not say that it has. */
  async begin(namespace: string): Promise<number | undefined> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'HINCRBY', this.key, namespace, 1);
    if (outcome.status !== 'ok') return undefined;
    this.known = new Map(this.known).set(namespace, Number(outcome.value));
    return Number(outcome.value);
  }

  /** Reads them anew; keeps what it knows when Redis is away. */
  async reload(): Promise<void> {
    const outcome = await this.redis.command(this.redis.newBudget(), 'HGETALL', this.key);
    if (outcome.status !== 'ok' || !Array.isArray(outcome.value)) return;
    const flat = outcome.value.map(String);
    this.known = new Map(
      Array.from({ length: flat.length / 2 }, (_, index) => [
        flat[2 * index] ?? '',
        Number(flat[2 * index + 1]),
      ]),
    );
  }
}
