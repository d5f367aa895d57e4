import { z } from 'zod';
import { objectError } from '../http/schema-messages.js';

const maxQueryLength = 1_000;

/** A viewer's words. */
export const queryTextSchema = z
  .string({ error: 'is required and must be a string' })
  .max(maxQueryLength, { error: `must be at most ${maxQueryLength} characters` })
  .refine((value) => value.isWellFormed(), {
    error: 'must be well-formed Unicode: it contains a lone surrogate',
  })
  .refine((value) => !value.includes('\0'), { error: 'must not contain NUL characters' })
  .refine((value) => value.trim() !== '', { error: 'must not be empty' });

export const understandBodySchema = z
  .strictObject(
    {
      query: queryTextSchema.meta({ example: 'dark comedies from the early 2000s, but not like Bad Santa' }),
    },
    { error: objectError },
  )
  .meta({ id: 'UnderstandRequest' });

export const graphQuerySchema = z.strictObject(
  { format: z.enum(['json', 'mermaid'], { error: 'must be "json" or "mermaid"' }).default('json') },
  { error: objectError },
);

export type UnderstandBody = z.output<typeof understandBodySchema>;
export type GraphQuery = z.output<typeof graphQuerySchema>;

export const graphResponseSchema = z
  .object({
    steps: z.array(
      z.object({
        name: z.string(),
        description: z.string(),
        inputs: z.array(z.string()),
        timeoutMs: z.int(),
        optional: z.boolean(),
      }),
    ),
    mermaid: z.string(),
  })
  .meta({ id: 'UnderstandingGraph' });
