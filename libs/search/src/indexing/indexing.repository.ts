import { Injectable } from '@nestjs/common';
import { InjectRedis, RedisClient, shared } from '@app/redis';
import { z } from 'zod';

/** Longer than any build takes. */
const activityTtlSeconds = 86_400;
const errorTtlSeconds = 604_800;
/** A request that no worker has carried out by then is dropped. */
const requestTtlSeconds = 86_400;

const activitySchema = z.object({
  kind: z.enum(['build', 'update', 'import']),
  state: z.enum(['running', 'succeeded', 'failed']),
  /** What the build is doing: reading its source, creating vectors, or publishing. */
  stage: z.enum(['reading', 'embedding', 'publishing']),
  done: z.int().nonnegative(),
  /** 0 if it is not known yet. */
  total: z.int().nonnegative(),
  startedAt: z.string(),
  updatedAt: z.string(),
});
const errorSchema = z.object({ message: z.string(), at: z.string() });

/** A build, update or import of the index. */
export type Activity = Readonly<z.infer<typeof activitySchema>>;
export type ActivityKind = Activity['kind'];
export type ActivityStage = Activity['stage'];

/**
 * Stores what the fleet knows about builds: `{env}:index:activity` and `{env}:index:last-error` for operators, and
 * `{env}:index:rebuild`, a request to the worker, which exists until the rebuild has succeeded.
 */
@Injectable()
export class IndexingRepository {
  constructor(@InjectRedis('cache') private readonly redis: RedisClient) {}

  activity(): Promise<Activity | undefined> {
    return this.read('activity', activitySchema);
  }

  async recordActivity(activity: Activity): Promise<void> {
    await this.write('activity', activity, activityTtlSeconds);
  }

  lastError(): Promise<z.infer<typeof errorSchema> | undefined> {
    return this.read('last-error', errorSchema);
  }

  async recordError(error: z.infer<typeof errorSchema>): Promise<void> {
    await this.write('last-error', error, errorTtlSeconds);
  }

  /** When a rebuild was requested; undefined if none is, or Redis does not reply. */
  async requestedAt(): Promise<string | undefined> {
    const outcome = await this.redis.get(this.redis.newBudget(), this.key('rebuild'));
    return outcome.status === 'ok' ? outcome.value.toString() : undefined;
  }

  /** Requests a rebuild. Returns false if one is requested already, and undefined if Redis did not confirm it. */
  async request(): Promise<boolean | undefined> {
    const args = [new Date().toISOString(), 'NX', 'EX', requestTtlSeconds];
    const outcome = await this.redis.command(this.redis.newBudget(), 'SET', this.key('rebuild'), ...args);
    return outcome.status === 'ok' ? outcome.value !== null : undefined;
  }

  async deleteRequest(): Promise<void> {
    await this.redis.delete(this.redis.newBudget(), [this.key('rebuild')]);
  }

  /** What other programs wrote, or another version of Marquee, counts as missing. */
  private async read<T>(name: string, schema: z.ZodType<T>): Promise<T | undefined> {
    const outcome = await this.redis.get(this.redis.newBudget(), this.key(name));
    if (outcome.status !== 'ok') return undefined;
    const text = z.string().transform((json, context) => {
      try {
        return JSON.parse(json) as unknown;
      } catch {
        context.addIssue('not JSON');
        return z.NEVER;
      }
    });
    return text.pipe(schema).safeParse(outcome.value.toString()).data;
  }

  private async write(name: string, value: unknown, ttlSeconds: number): Promise<void> {
    await this.redis.command(
      this.redis.newBudget(),
      'SET',
      this.key(name),
      JSON.stringify(value),
      'EX',
      ttlSeconds,
    );
  }

  private key(name: string): string {
    return this.redis.keys.key(shared('index'), name);
  }
}
