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
  removedResponseSchema,
  resetResponseSchema,
  settingsResponseSchema,
  standingSchema,
} from './rate-limit.dto.js';
import { toDto } from './rate-limit.controller.js';

/** Changes limits at run time. Exempt from limits, so that wrong limits can be corrected. */
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
  @ApiOperation({ summary: 'Get the policies, the plans that they apply to, and the overrides' })
  @ApiResponse({ status: 200, standardSchema: settingsResponseSchema })
  settings() {
    return this.policies.settings;
  }

  @Put('policies')
  @SkipRateLimit()
  @ApiOperation({
    summary: 'Replace the policies',
    description:
      'All processes apply the change within a second. What clients have already used still counts, so a raised limit takes effect at once. The change lasts until Marquee starts with a different configuration.',
  })
  @ApiResponse({ status: 200, standardSchema: settingsResponseSchema })
  @ApiResponse({
    status: 400,
    description: 'Invalid policies; `errors` lists every fault',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the change',
    standardSchema: problemSchema,
  })
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
  @ApiOperation({ summary: 'Get the remaining quota of a client under a policy' })
  @ApiResponse({ status: 200, standardSchema: standingSchema })
  @ApiResponse({ status: 404, description: 'Policy not found', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not respond', standardSchema: problemSchema })
  async lookUp(
    @Query({ schema: clientQuerySchema }) { policy, client }: ClientQuery,
    @RequestBudget('patient') budget: RedisBudget,
  ) {
    return toDto(await this.limiter.lookUp(budget, policy, client));
  }

  @Delete('clients')
  @SkipRateLimit()
  @ApiOperation({ summary: 'Reset the usage of a client under a policy' })
  @ApiResponse({ status: 200, standardSchema: resetResponseSchema })
  @ApiResponse({ status: 404, description: 'Policy not found', standardSchema: problemSchema })
  @ApiResponse({ status: 503, description: 'Redis did not respond', standardSchema: problemSchema })
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
  @ApiOperation({ summary: 'Give a client its own quota' })
  @ApiResponse({ status: 200, standardSchema: overrideBodySchema })
  @ApiResponse({ status: 404, description: 'Policy not found', standardSchema: problemSchema })
  @ApiResponse({
    status: 409,
    description: 'There are already 1,000 overrides',
    standardSchema: problemSchema,
  })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the change',
    standardSchema: problemSchema,
  })
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
  @ApiOperation({ summary: 'Remove a client’s own quota' })
  @ApiResponse({ status: 200, standardSchema: removedResponseSchema })
  @ApiResponse({
    status: 503,
    description: 'Redis did not confirm the change',
    standardSchema: problemSchema,
  })
  async removeOverride(
    @Query({ schema: clientQuerySchema }) { policy, client }: ClientQuery,
    @CurrentPrincipal() { keyName }: Principal,
  ) {
    const removed = await this.policies.removeOverride({ policy, client });
    this.log(keyName, `removed the quota of "${client}" for policy "${policy}"`);
    return { removed };
  }

  /** Writes the audit log: what was changed, and by which API key. */
  private log(keyName: string | null, action: string): void {
    this.audit.log(`Rate limits: ${keyName === null ? 'a local caller' : `key "${keyName}"`} ${action}`);
  }
}
