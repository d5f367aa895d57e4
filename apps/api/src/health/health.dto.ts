import { z } from 'zod';

export const summarySchema = z
  .object({
    status: z.enum(['ok', 'degraded']),
    environment: z.string().meta({ example: 'prod' }),
    version: z.string().meta({ example: '0.1.0' }),
    redis_status: z.enum(['healthy', 'unhealthy', 'not_initialized', 'error']),
  })
  .meta({ id: 'HealthSummary' });

const indicators = z.record(z.string(), z.looseObject({ status: z.enum(['up', 'degraded', 'down']) }));

/** The response of Terminus. */
export const healthSchema = z
  .object({
    status: z.enum(['ok', 'degraded', 'error', 'shutting_down']),
    info: indicators.optional(),
    error: indicators.optional(),
    details: indicators,
  })
  .meta({ id: 'Health' });
