import { z } from 'zod';

/** RFC 9457, as every route but OpenAI's answers errors. */
export const problemSchema = z
  .object({
    type: z.string().meta({ example: 'urn:marquee:problem:invalid-request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'Names the request: quote it in reports' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The fields that are at fault' }),
    'violated-policies': z
      .array(z.string())
      .optional()
      .meta({ description: 'The rate-limit policies that refused' }),
  })
  .meta({ id: 'Problem' });
