import { z } from 'zod';

/** Problem details (RFC 9457): the error format of every route that OpenAI's SDKs do not call. */
export const problemSchema = z
  .object({
    type: z.string().meta({ example: 'urn:marquee:problem:invalid-request' }),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    instance: z.string().meta({ description: 'Identifies the request; quote it in reports' }),
    errors: z
      .array(z.object({ field: z.string(), message: z.string() }))
      .optional()
      .meta({ description: 'The invalid fields' }),
    'violated-policies': z
      .array(z.string())
      .optional()
      .meta({ description: 'The rate-limit policies that refused the request' }),
    'invalid-lines': z.int().optional().meta({ description: 'Number of invalid lines of an import' }),
  })
  .meta({ id: 'Problem' });
