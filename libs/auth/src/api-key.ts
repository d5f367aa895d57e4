import { z } from 'zod';

/** Roles, which permit more than access to the tenant's own data. */
export const roleNames = ['admin'] as const;

const name = (what: string) =>
  z.string({ error: `${what} is required and must be a string` }).regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, {
    error: `${what} must be 1 to 64 letters, digits, ".", "_" or "-"`,
  });

/** An entry of `API_KEYS_FILE`. It contains only the digest of the key. */
export const apiKeySchema = z.strictObject({
  name: name('name'),
  sha256: z
    .string({ error: 'sha256 is required' })
    .regex(/^[0-9a-f]{64}$/, { error: 'sha256 must be 64 lower-case hexadecimal digits' }),
  tenant: name('tenant'),
  plan: name('plan').default('default'),
  roles: z.array(z.string().max(64)).default([]),
});

export const apiKeysSchema = z.array(apiKeySchema, { error: 'must be an array of keys' });

export type ApiKey = z.output<typeof apiKeySchema>;

/** The authenticated caller of a request. */
export interface Principal {
  /** Name of the API key; null when Marquee runs without API keys. */
  readonly keyName: string | null;
  readonly tenant: string;
  readonly plan: string;
  readonly roles: readonly string[];
}

/** The principal of local callers when Marquee runs without API keys. */
export const localPrincipal: Principal = {
  keyName: null,
  tenant: 'default',
  plan: 'default',
  roles: roleNames,
};
