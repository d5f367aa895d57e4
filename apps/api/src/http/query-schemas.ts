import { z } from 'zod';

/** A whole number in a query string. */
export const wholeNumber = (fallback: number, min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, { error: 'must be a whole number' })
    .default(`${fallback}`)
    .transform(Number)
    .refine((value) => value >= min && value <= max, { error: `must be from ${min} to ${max}` });

/** `true` or `false` in a query string; false by default. */
export const flagSchema = z
  .enum(['true', 'false'], { error: 'must be true or false' })
  .default('false')
  .transform((value) => value === 'true');

/** A client-chosen id that is safe in a URL. */
export const clientIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9._~-]{1,128}$/, { error: 'must be 1 to 128 letters, digits, ".", "_", "~" or "-"' });
