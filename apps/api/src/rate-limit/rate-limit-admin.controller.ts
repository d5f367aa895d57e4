import { Body, Controller, Delete, Get, Logger, Put, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { CurrentPrincipal, type Principal, Roles } from '@app/auth';
import {
  PoliciesService,
  type RateLimitOverride,
  type RateLimitPolicySet,
  RateLimiter,
  SkipRateLimit,
} from '@app/rate-limit';
import type { RedisBudget } from '@app/redis';
import { problemSchema } from '../http/problem.dto.js';
import { RequestBudget } from '../http/redis-budget.decorator.js';
import {
  type ClientQuery,
  clientQuerySchema,
  overrideBodySchema,
  policySetBodySchema,
  removedAnswerSchema,
  resetAnswerSchema,
  settingsAnswerSchema,
  standingSchema,
} from './rate-limit.dto.js';
import { toDto } from './rate-limit.controller.js';

/** Changing limits while the app runs. Never limited itself: it must be reachable when limits are wrong. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/rate-limit')
export class RateLimitAdminController {
  private readonly audit = new Logger('Audit');

  constructor(
    private readonly limiter: RateLimiter,
    private readonly policies: PoliciesService,
  ) {}

  @Get('policies')
  @SkipRateLimit()
  @ApiOperation({ summary: 'The policies, for whom each is, and the overrides of clients' })
  @ApiResponse({ status: 200, standardSchema: settingsAnswerSchema })
  settings() {
    return this.policies.settings;
  }

  @Put('policies')
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Replace the policies',
    description:
      'Every process follows within a second. What clients have used is kept, in units: a raised limit helps at once. Held until the configuration is changed and the app started anew.',
  })
  @ApiResponse({ status: 200, standardSchema: settingsAnswerSchema })
  @ApiResponse({ status: 400, description: 'Not valid; every fault is named', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not take it', standardSchema: problemSchema })
  async replace(
    @Body({ schema: policySetBodySchema }) set: RateLimitPolicySet,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    await this.policies.replace(set);
    this.log(keyName, `replaced the policies: ${set.policies.map(({ name }) => name).join(', ') || 'none'}`);
    return this.policies.settings;
  }

  @Get('clients')
  @SkipRateLimit()
  @ApiOperation({ summary: 'How a client stands with a policy' })
  @ApiResponse({ status: 200, standardSchema: standingSchema })
  @ApiResponse({ status: 404, description: 'There is no such policy', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not answer', standardSchema: problemSchema })
  async lookUp(
    @Query({ schema: clientQuerySchema }) { policy, client }: ClientQuery,
    @RequestBudget('patient') budget: RedisBudget,
  ) {
    return toDto(await this.limiter.lookUp(budget, policy, client));
  }

  @Delete('clients')
  @SkipRateLimit()
  @ApiOperation({ summary: 'Forget what a client has used of a policy' })
  @ApiResponse({ status: 200, standardSchema: resetAnswerSchema })
  @ApiResponse({ status: 404, description: 'There is no such policy', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not answer', standardSchema: problemSchema })
  async reset(
    @Query({ schema: clientQuerySchema }) { policy, client }: ClientQuery,
    @RequestBudget('patient') budget: RedisBudget,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    const reset = await this.limiter.reset(budget, policy, client);
    this.log(keyName, `reset "${client}" of policy "${policy}"`);
    return { reset };
  }

  @Put('overrides')
  @SkipRateLimit()
  @ApiOperation({ summary: 'Give a client a quota of its own' })
  @ApiResponse({ status: 200, standardSchema: overrideBodySchema })
  @ApiResponse({ status: 404, description: 'There is no such policy', standardSchema: problemSchema })
  @ApiResponse({ status: 409, description: 'There are a thousand already', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not take it', standardSchema: problemSchema })
  async override(
    @Body({ schema: overrideBodySchema }) override: RateLimitOverride,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    await this.policies.override(override);
    const { policy, client, quota, expiresAt } = override;
    const until = expiresAt === undefined ? '' : ` until ${expiresAt}`;
    this.log(keyName, `gave "${client}" ${quota} of policy "${policy}"${until}`);
    return override;
  }

  @Delete('overrides')
  @SkipRateLimit()
  @ApiOperation({ summary: 'Take a client’s own quota away' })
  @ApiResponse({ status: 200, standardSchema: removedAnswerSchema })
  @ApiResponse({ status: 503, description: 'Redis did not take it', standardSchema: problemSchema })
  async removeOverride(
    @Query({ schema: clientQuerySchema }) { policy, client }: ClientQuery,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    const removed = await this.policies.removeOverride({ policy, client });
    this.log(keyName, `took away what "${client}" had of policy "${policy}"`);
    return { removed };
  }

  /** What was done, by which key, for whoever asks later. */
  private log(keyName: string | null, did: string): void {
    this.audit.log(
      `Rate limits: ${keyName === null ? 'a caller of this machine' : `key "${keyName}"`} ${did}`,
    );
  }
}
