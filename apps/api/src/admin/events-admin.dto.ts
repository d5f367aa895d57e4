import { z } from 'zod';

export const eventsAnswerSchema = z
  .object({
    length: z.int().meta({ description: 'Entries of the stream', example: 1200 }),
    groups: z.array(
      z.object({
        name: z.string().meta({ example: 'archive' }),
        pending: z.int().meta({ description: 'Delivered and not acknowledged' }),
        lag: z.int().nullable().meta({ description: 'Not delivered yet; null where Redis does not know' }),
        replays: z.int().meta({ description: 'Replayed dead letters, not acknowledged yet' }),
      }),
    ),
  })
  .meta({ id: 'EventsStanding' });
