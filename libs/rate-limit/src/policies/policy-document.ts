import { z } from 'zod';
import { overrideSchema, policySetSchema } from './policy.js';

/** What the processes share of the limiter's settings. */
const documentSchema = z.object({
  version: z.string(),
  /** Keys the hashes by which clients see themselves. */
  salt: z.string(),
  /** Digest of the configured policies that this document started from. */
  base: z.string(),
  set: policySetSchema,
  overrides: z.array(overrideSchema),
});

export type PolicyDocument = z.output<typeof documentSchema>;

/** Returns undefined if another version of Marquee wrote a document that this one does not understand. */
export function decodeDocument(json: string): PolicyDocument | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
  return documentSchema.safeParse(value).data;
}
