import { Injectable } from '@nestjs/common';
import { InjectRedis, type Outcome, type RedisBudget, RedisClient, refusalOf } from '@app/redis';

export const TASK_RESULT_TTL_SECONDS = 1_800;

/** Redis did not confirm it. A result that was to be claimed may be gone. */
export class TasksUnavailableError extends Error {
  constructor(detail: string) {
    super(detail);
    this.name = TasksUnavailableError.name;
  }
}

/**
 * `{env}:task:{id}:result`, JSON, half an hour. Of a tenant other than `default` the id is `{tenant}/{id}`: ids are the
 * clients' to choose, and one tenant's must not meet another's.
 */
@Injectable()
export class TasksRepository {
  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {}

  /** SET … EX. @throws TasksUnavailableError */
  async put(budget: RedisBudget, tenant: string, id: string, json: string): Promise<void> {
    confirmed(
      await this.redis.command(budget, 'SET', this.key(tenant, id), json, 'EX', TASK_RESULT_TTL_SECONDS),
      'Redis did not confirm the result. Put it again.',
    );
  }

  /** GET: the JSON, undefined where there is none. @throws TasksUnavailableError */
  async get(budget: RedisBudget, tenant: string, id: string): Promise<string | undefined> {
    const outcome = await this.redis.command(budget, 'GET', this.key(tenant, id));
    return toText(confirmed(outcome, 'Redis did not answer. Ask again.'));
  }

  /** GETDEL: the JSON, once. @throws TasksUnavailableError */
  async claim(budget: RedisBudget, tenant: string, id: string): Promise<string | undefined> {
    const outcome = await this.redis.command(budget, 'GETDEL', this.key(tenant, id));
    const mayBeGone = 'mayHaveRun' in outcome && outcome.mayHaveRun;
    return toText(
      confirmed(
        outcome,
        mayBeGone
          ? 'Redis did not answer in time: the result may have been claimed. Ask again.'
          : 'Redis is away: nothing was claimed. Ask again.',
      ),
    );
  }

  private key(tenant: string, id: string): string {
    return this.redis.keys.key('task', tenant === 'default' ? id : `${tenant}/${id}`, 'result');
  }
}

function confirmed(outcome: Outcome<unknown>, otherwise: string): unknown {
  if (outcome.status === 'ok') return outcome.value;
  throw refusalOf(outcome, 'task:{id}:result') ?? new TasksUnavailableError(otherwise);
}

/** What another program left that is no JSON is none of ours. */
function toText(value: unknown): string | undefined {
  const text = (value as Buffer | null)?.toString();
  try {
    if (text !== undefined) JSON.parse(text);
    return text;
  } catch {
    return undefined;
  }
}
