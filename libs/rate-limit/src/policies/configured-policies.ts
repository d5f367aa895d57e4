import { readFile } from 'node:fs/promises';
import { ConfigurationError, type MarqueeConfig } from '@app/config';
import { type RateLimitPolicySet, policySetSchema } from './policy.js';

/** Returns the configured policies. @throws ConfigurationError if the file cannot be read or is invalid */
export async function readConfiguredPolicies({
  policiesFile,
  maxRequests,
  windowSeconds,
}: MarqueeConfig['rateLimit']): Promise<RateLimitPolicySet> {
  if (policiesFile === undefined) {
    return policySetSchema.parse({
      policies: [{ name: 'default', quota: maxRequests, windowSeconds }],
      plans: { default: ['default'] },
    });
  }
  const fault = (message: string): ConfigurationError =>
    new ConfigurationError([{ variable: 'RATE_LIMIT_POLICIES_FILE', message }]);
  let json: unknown;
  try {
    json = JSON.parse(await readFile(policiesFile, 'utf8'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw fault(code ? `cannot be read (${code}): ${policiesFile}` : `is not JSON: ${policiesFile}`);
  }
  const { data, error } = policySetSchema.safeParse(json);
  if (data) return data;
  throw fault(error.issues.map(({ path, message }) => `${path.join('.') || 'file'} ${message}`).join('; '));
}
