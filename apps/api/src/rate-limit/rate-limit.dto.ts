import { z } from 'zod';
import { overrideSchema, policySetSchema } from '@app/rate-limit';

export const standingSchema = z
  .object({
    name: z.string().meta({ example: 'default' }),
    client: z
      .string()
      .meta({ description: 'Whose limit it is, as administrators call it', example: 'acme:web' }),
    quota: z.int().meta({ description: 'Units in a window', example: 100 }),
    windowSeconds: z.number().meta({ example: 60 }),
    burst: z.int().meta({ description: 'Units that may come at once', example: 100 }),
    unit: z.enum(['requests', 'content-bytes', 'concurrent-requests']),
    remaining: z.int().meta({ example: 57 }),
    resetSeconds: z
      .int()
      .meta({ description: 'Until all of it is back, in a sliding window until more is', example: 26 }),
  })
  .meta({ id: 'RateLimitStanding' });

export const standingsAnswerSchema = z
  .object({
    plan: z.string().meta({ example: 'default' }),
    degraded: z.boolean().meta({
      description: 'Redis is away: each process limits by itself, and there is no standing to tell',
    }),
    policies: z.array(standingSchema),
  })
  .meta({ id: 'RateLimitStandings' });

export const policySetBodySchema = policySetSchema.meta({ id: 'RateLimitPolicySet' });

export const settingsAnswerSchema = z
  .object({
    ...policySetSchema.shape,
    overrides: z.array(overrideSchema),
    version: z.string(),
    replicas: z.int().meta({ description: 'Processes that share the limits' }),
  })
  .meta({ id: 'RateLimitSettings' });

export const clientQuerySchema = z.strictObject({
  policy: overrideSchema.shape.policy.meta({ example: 'default' }),
  client: overrideSchema.shape.client.meta({
    description:
      '`tenant:key`, `tenant`, `tenant:user` or `tenant:address`, as the policy’s partition says; the address alone before authentication',
    example: 'acme:web',
  }),
});
export type ClientQuery = z.output<typeof clientQuerySchema>;

export const overrideBodySchema = overrideSchema.meta({ id: 'RateLimitOverride' });

export const resetAnswerSchema = z
  .object({ reset: z.boolean().meta({ description: 'Whether there was something to forget' }) })
  .meta({ id: 'RateLimitReset' });

export const removedAnswerSchema = z
  .object({ removed: z.boolean() })
  .meta({ id: 'RateLimitOverrideRemoved' });
