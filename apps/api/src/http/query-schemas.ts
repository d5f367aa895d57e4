import { z } from 'zod';

/** A whole number as a query has it, as text. */
export const wholeNumber = (fallback: number, least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
    .default(`${fallback}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, { error: `must be from ${least} to ${most}` });

/** An id that clients may choose, safe in an address. */
export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, ".", "_", "~" or "-"' });
