import { Injectable } from '@nestjs/common';
import {
  InjectRedis,
  loadScript,
  type Outcome,
  type RedisBudget,
  RedisClient,
  refusalOf,
  shared,
  type SharedPart,
} from '@app/redis';
import { type Task, TASK_TTL_SECONDS, type TaskDraft, type TaskStatus } from './task.js';
import { TaskFinishedError, TaskNotFinishedError, TasksUnavailableError } from './tasks.errors.js';

const put = loadScript('put-2', new URL('./scripts/put-2.lua', import.meta.url));
const read = loadScript('read-2', new URL('./scripts/read-2.lua', import.meta.url));

/**
 * Stores tasks: `{env}:task:{id}:result`, the JSON result of a task that is done, and `{env}:task:{id}:status`, a hash with
 * its status, progress and TTL. Clients choose the ids, so the ids of tenants other than `default` are prefixed with
 * `{tenant}/`, and a tenant cannot reach another's tasks. A result without a status, as other programs store it, is a task
 * that is done.
 */
@Injectable()
export class TasksRepository {
  constructor(@InjectRedis('sessions') private readonly redis: RedisClient) {
    redis.register(put);
    redis.register(read);
  }

  /**
   * Stores the state of a task and returns what is stored.
   *
   * @throws TaskFinishedError if that would undo a result or a failure, TasksUnavailableError
   */
  async put(
    budget: RedisBudget,
    tenant: string,
    id: string,
    { status, progress, resultJson, ttlSeconds }: TaskDraft,
  ): Promise<{ progress: number | null; ttlSeconds: number }> {
    const args = [
      status,
      status === 'done' ? 1 : (progress ?? ''),
      resultJson ?? '',
      ttlSeconds ?? '',
      TASK_TTL_SECONDS,
    ];
    const outcome = await this.redis.run(budget, put, { keys: this.keys(tenant, id), args });
    const reply = confirmed(outcome, 'Redis did not confirm the task. Send it again.');
    if (reply === null) throw new TasksUnavailableError('The key of this task holds another type of value.');
    const [state, detail, stored] = reply as [Buffer, Buffer | number, Buffer?];
    if (state.toString() === 'finished') throw new TaskFinishedError(String(detail) as TaskStatus, status);
    return { progress: toProgress(String(stored)), ttlSeconds: Number(detail) };
  }

  /** Returns the task; undefined if there is none. @throws TasksUnavailableError */
  async get(budget: RedisBudget, tenant: string, id: string): Promise<Task | undefined> {
    const outcome = await this.redis.run(budget, read, { keys: this.keys(tenant, id), args: ['0'] });
    return toTask(confirmed(outcome, 'Redis did not reply. Try again.'));
  }

  /**
   * Returns a finished task and deletes it atomically, so that only one caller gets it; undefined if there is none.
   *
   * @throws TaskNotFinishedError, TasksUnavailableError
   */
  async claim(budget: RedisBudget, tenant: string, id: string): Promise<Task | undefined> {
    const outcome = await this.redis.run(budget, read, { keys: this.keys(tenant, id), args: ['1'] });
    const mayBeGone = 'mayHaveRun' in outcome && outcome.mayHaveRun;
    const task = toTask(
      confirmed(
        outcome,
        mayBeGone
          ? 'Redis did not reply in time, and the result may have been claimed. Try again.'
          : 'Redis is unavailable, and nothing was claimed. Try again.',
      ),
    );
    if (task?.status === 'pending' || task?.status === 'running') throw new TaskNotFinishedError(task);
    return task;
  }

  private keys(tenant: string, id: string): [status: string, result: string] {
    const part: SharedPart = shared(tenant === 'default' ? id : `${tenant}/${id}`);
    return [this.redis.keys.key('task', part, 'status'), this.redis.keys.key('task', part, 'result')];
  }
}

/** Returns the reply. @throws RedisRefusalError, TasksUnavailableError */
function confirmed(outcome: Outcome<unknown>, otherwise: string): unknown {
  if (outcome.status === 'ok') return outcome.value;
  throw refusalOf(outcome, 'task:{id}:result') ?? new TasksUnavailableError(otherwise);
}

/** Decodes the reply. If another program has stored a result that is not JSON, there is no task. */
function toTask(reply: unknown): Task | undefined {
  if (reply === null) return undefined;
  const [status, progress, result] = (reply as Buffer[]).map(String) as [TaskStatus, string, string];
  if (status === 'done' && !isJson(result)) return undefined;
  return { status, progress: toProgress(progress), resultJson: result === '' ? undefined : result };
}

const toProgress = (text: string): number | null => (text === '' ? null : Number(text));

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
