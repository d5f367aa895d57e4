import { z } from 'zod';

export const eventsResponseSchema = z
  .object({
    length: z.int().meta({ description: 'Number of entries in the stream', example: 1200 }),
    groups: z.array(
      z.object({
        name: z.string().meta({ example: 'archive' }),
        pending: z.int().meta({ description: 'Delivered but not acknowledged' }),
        lag: z.int().nullable().meta({ description: 'Not delivered yet; null if Redis does not know' }),
        replays: z.int().meta({ description: 'Replayed dead letters that are not acknowledged yet' }),
      }),
    ),
  })
  .meta({ id: 'EventStreamStatus' });
