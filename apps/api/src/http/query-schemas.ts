import { z } from 'zod';

/** A whole number as a query has it, as text. */
export const wholeNumber = (fallback: number, least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
    .default(`${fallback}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be from ${least} to ${most}` });

/** `true` or `false` as a query has it, as text; false by default. */
export const flagSchema = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((value) => value === 'true');

/** An id that clients may choose, safe in an address. */
export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, ".", "_", "~" or "-"' });
