import { z } from 'zod';
import { overrideSchema, policySetSchema } from '@app/rate-limit';

export const standingSchema = z
  .object({
    name: z.string().meta({ example: 'default' }),
    client: z.string().meta({ description: 'The client that the limit applies to', example: 'acme:web' }),
    quota: z.int().meta({ description: 'Units per window', example: 100 }),
    windowSeconds: z.number().meta({ example: 60 }),
    burst: z.int().meta({ description: 'Maximum number of units at once', example: 100 }),
    unit: z.enum(['requests', 'content-bytes', 'concurrent-requests']),
    remaining: z.int().meta({ example: 57 }),
    resetSeconds: z.int().meta({
      description:
        'Seconds until the full quota is available again; in a sliding window, until more units are available',
      example: 26,
    }),
  })
  .meta({ id: 'RateLimitStanding' });

export const standingsResponseSchema = z
  .object({
    plan: z.string().meta({ example: 'default' }),
    degraded: z.boolean().meta({
      description:
        'True if Redis is down: each process then enforces the limits on its own, and `policies` is empty',
    }),
    policies: z.array(standingSchema),
  })
  .meta({ id: 'RateLimitStandings' });

export const policySetBodySchema = policySetSchema.meta({ id: 'RateLimitPolicySet' });

export const settingsResponseSchema = z
  .object({
    ...policySetSchema.shape,
    overrides: z.array(overrideSchema),
    version: z.string(),
    replicas: z.int().meta({ description: 'Number of processes that share the limits' }),
  })
  .meta({ id: 'RateLimitSettings' });

export const clientQuerySchema = z.strictObject({
  policy: overrideSchema.shape.policy.meta({ example: 'default' }),
  client: overrideSchema.shape.client.meta({
    description:
      '`tenant:key`, `tenant`, `tenant:user` or `tenant:address`, depending on the policy’s partition; only the address for policies that apply before authentication',
    example: 'acme:web',
  }),
});
export type ClientQuery = z.output<typeof clientQuerySchema>;

export const overrideBodySchema = overrideSchema.meta({ id: 'RateLimitOverride' });

export const resetResponseSchema = z
  .object({ reset: z.boolean().meta({ description: 'True if the client had used any of its quota' }) })
  .meta({ id: 'RateLimitReset' });

export const removedResponseSchema = z
  .object({ removed: z.boolean() })
  .meta({ id: 'RateLimitOverrideRemoved' });
