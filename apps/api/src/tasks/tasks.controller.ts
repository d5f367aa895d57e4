import { Body, Controller, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '@app/auth';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { RedisBudget } from '@app/redis';
import { MAX_TASK_RESULT_BYTES, type Task, type TaskStatus, TasksRepository } from '@app/tasks';
import type { FastifyReply } from 'fastify';
import { LargeBody } from '../http/body/body-limits.js';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import {
  type TaskBody,
  taskBodySchema,
  type TaskParams,
  taskParamsSchema,
  taskSchema,
  taskStoredSchema,
} from './tasks.dto.js';
import { TaskNotFoundError, TaskResultTooLargeError } from './tasks.errors.js';

/** Stores and returns the tasks of the caller's tenant. Stored results are sent unchanged. */
@ApiTags('tasks')
@ApiResponse({ status: 400, description: 'Invalid field', standardSchema: problemSchema })
@ApiResponse({
  status: 503,
  description: 'Redis did not confirm the operation; see Retry-After',
  standardSchema: problemSchema,
})
@Controller('v1/tasks/:id')
export class TasksController {
  constructor(private readonly tasks: TasksRepository) {}

  @Put(['result', ''])
  @LargeBody({ maxBytes: 2 * MAX_TASK_RESULT_BYTES, maxValues: 600_000, maxStructures: 100_000 })
  @ApiOperation({
    summary: 'Store the state of a task',
    description:
      'Submit a task as `pending`, report progress as `running` with `progress`, and finish it as `done` with `result`, or as `failed`. The status is `done` by default. A finished task cannot become unfinished, and a failure does not replace a result.',
  })
  @ApiResponse({ status: 200, standardSchema: taskStoredSchema })
  @ApiResponse({ status: 409, description: 'Task already finished', standardSchema: problemSchema })
  @ApiResponse({ status: 413, standardSchema: problemSchema })
  async put(
    @Param({ schema: taskParamsSchema }) { id }: TaskParams,
    @Body({ schema: taskBodySchema }) { status, progress, result, ttlSeconds }: TaskBody,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<{ id: string; status: TaskStatus; progress: number | null; expiresAt: string }> {
    const resultJson = result === undefined ? undefined : JSON.stringify(result);
    if (resultJson !== undefined && Buffer.byteLength(resultJson) > MAX_TASK_RESULT_BYTES)
      throw new TaskResultTooLargeError(MAX_TASK_RESULT_BYTES);
    const stored = await this.tasks.put(budget, tenant, id, { status, progress, resultJson, ttlSeconds });
    const expiresAt = new Date(Date.now() + stored.ttlSeconds * 1000).toISOString();
    return { id, status, progress: stored.progress, expiresAt };
  }

  @Get(['result', ''])
  @ApiOperation({ summary: 'Get the status, the progress and, once it is finished, the result of a task' })
  @ApiResponse({ status: 200, standardSchema: taskSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  async get(
    @Param({ schema: taskParamsSchema }) { id }: TaskParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return respond(reply, id, await this.tasks.get(budget, tenant, id));
  }

  @Post(['claim', 'result/claim'])
  @HttpCode(200)
  @ApiOperation({
    summary: 'Get a finished task and delete it',
    description:
      'Exactly one of several concurrent claims receives the task. Failed tasks can be claimed, too.',
  })
  @ApiResponse({ status: 200, standardSchema: taskSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: 'The task is still pending or running; see Retry-After',
    standardSchema: problemSchema,
  })
  async claim(
    @Param({ schema: taskParamsSchema }) { id }: TaskParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return respond(reply, id, await this.tasks.claim(budget, tenant, id));
  }
}

function respond(reply: FastifyReply, id: string, task: Task | undefined): string {
  if (!task) throw new TaskNotFoundError();
  void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
  const { status, progress, resultJson = 'null' } = task;
  // The stored JSON is sent without parsing it, so large numbers lose no digits.
  return `{"id":${JSON.stringify(id)},"status":"${status}","progress":${progress},"result":${resultJson}}`;
}
