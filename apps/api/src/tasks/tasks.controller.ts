import { Body, Controller, Get, HttpCode, Param, Post, Put, Res } from '@nestjs/common';
import { CurrentPrincipal, type Principal } from '@app/auth';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { RedisBudget } from '@app/redis';
import { TASK_RESULT_TTL_SECONDS, TasksRepository } from '@app/tasks';
import type { FastifyReply } from 'fastify';
import { LargeBody } from '../http/body/body-bounds.js';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import {
  largestResultBytes,
  taskAnswerSchema,
  type TaskBody,
  taskBodySchema,
  taskKeptSchema,
  type TaskParams,
  taskParamsSchema,
} from './tasks.dto.js';
import { TaskNotFoundError, TaskResultTooLargeError } from './tasks.errors.js';

/** Results of the caller's tasks, for half an hour. The stored JSON is sent as it is. */
@ApiTags('tasks')
@ApiResponse({ status: 400, description: 'A field is not valid', standardSchema: problemSchema })
@ApiResponse({
  status: 503,
  description: 'Redis did not confirm it; see Retry-After',
  standardSchema: problemSchema,
})
@Controller('v1/tasks/:id')
export class TasksController {
  constructor(private readonly tasks: TasksRepository) {}

  @Put('result')
  @LargeBody({ maxBytes: 2 * largestResultBytes, maxValues: 600_000, maxStructures: 100_000 })
  @ApiOperation({ summary: 'Keep a result' })
  @ApiResponse({ status: 200, standardSchema: taskKeptSchema })
  @ApiResponse({ status: 413, standardSchema: problemSchema })
  async put(
    @Param({ schema: taskParamsSchema }) { id }: TaskParams,
    @Body({ schema: taskBodySchema }) { result }: TaskBody,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
  ): Promise<{ id: string; expiresAt: string }> {
    const json = JSON.stringify(result);
    if (Buffer.byteLength(json) > largestResultBytes) throw new TaskResultTooLargeError(largestResultBytes);
    await this.tasks.put(budget, tenant, id, json);
    return { id, expiresAt: new Date(Date.now() + TASK_RESULT_TTL_SECONDS * 1000).toISOString() };
  }

  @Get('result')
  @ApiOperation({ summary: 'Read a result' })
  @ApiResponse({ status: 200, standardSchema: taskAnswerSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  async get(
    @Param({ schema: taskParamsSchema }) { id }: TaskParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answer(reply, id, await this.tasks.get(budget, tenant, id));
  }

  @Post(['claim', 'result/claim'])
  @HttpCode(200)
  @ApiOperation({ summary: 'Read a result once, and clear it' })
  @ApiResponse({ status: 200, standardSchema: taskAnswerSchema })
  @ApiResponse({ status: 404, standardSchema: problemSchema })
  async claim(
    @Param({ schema: taskParamsSchema }) { id }: TaskParams,
    @CurrentPrincipal() { tenant }: Principal,
    @RequestBudget('patient') budget: RedisBudget,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<string> {
    return answer(reply, id, await this.tasks.claim(budget, tenant, id));
  }
}

function answer(reply: FastifyReply, id: string, json: string | undefined): string {
  if (json === undefined) throw new TaskNotFoundError();
  void reply.type('application/json; charset=utf-8').header('cache-control', 'no-store');
  return `{"id":${JSON.stringify(id)},"result":${json}}`;
}
