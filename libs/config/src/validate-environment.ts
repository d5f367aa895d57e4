import 'reflect-metadata';
import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { ConfigurationError, type ConfigurationFault } from './configuration.errors.js';
import { Environment } from './environment.js';

const variables = new Set(Object.keys(new Environment()));

/**
 * Converts raw environment variables to a typed, validated `Environment`. An empty variable counts as unset.
 *
 * @throws ConfigurationError listing every fault
 */
export function validateEnvironment(raw: Record<string, unknown>): Environment {
  const set = Object.entries(raw).filter(([, value]) => value !== undefined && value !== '');
  const environment = plainToInstance(Environment, Object.fromEntries(set), { exposeDefaultValues: true });
  const faults: ConfigurationFault[] = validateSync(environment, { forbidUnknownValues: true })
    .filter(({ property }) => variables.has(property) || property in environment)
    .map(({ property, constraints }) => ({
      variable: property,
      message: hint(property, raw[property]) ?? [...new Set(Object.values(constraints ?? {}))].join('; '),
    }));
  faults.push(...faultsBetween(environment));
  if (faults.length > 0) throw new ConfigurationError(faults);
  return environment;
}

/** Kubernetes sets REDIS_PORT=tcp://… in every pod beside a Service named "redis". */
function hint(variable: string, value: unknown): string | undefined {
  if (variable === 'REDIS_PORT' && typeof value === 'string' && value.startsWith('tcp://')) {
    return 'must be a whole number; Kubernetes set it for the Service "redis": set enableServiceLinks: false on the pod';
  }
  return undefined;
}

function faultsBetween(environment: Environment): ConfigurationFault[] {
  const faults: ConfigurationFault[] = [];
  if (environment.REDIS_URL && environment.REDIS_HOST) {
    faults.push({ variable: 'REDIS_HOST', message: 'conflicts with REDIS_URL: set only one of the two' });
  }
  if (environment.QU_MODEL && !environment.OPENAI_API_KEY && !environment.OPENAI_BASE_URL) {
    faults.push({ variable: 'QU_MODEL', message: 'requires OPENAI_API_KEY or OPENAI_BASE_URL' });
  }
  if (environment.API_KEYS && environment.API_KEYS_FILE) {
    faults.push({ variable: 'API_KEYS', message: 'conflicts with API_KEYS_FILE: set only one of the two' });
  }
  if (environment.ARCHIVE_WEBHOOK_URL && !environment.ARCHIVE_WEBHOOK_SECRET) {
    faults.push({
      variable: 'ARCHIVE_WEBHOOK_SECRET',
      message: 'is required to sign requests to ARCHIVE_WEBHOOK_URL',
    });
  }
  if (environment.REDIS_TLS_CA_FILE) {
    const fault = certificateFault(environment.REDIS_TLS_CA_FILE);
    if (fault) faults.push({ variable: 'REDIS_TLS_CA_FILE', message: fault });
  }
  const urls = [environment.REDIS_URL, environment.REDIS_SESSIONS_URL, environment.REDIS_LIMITS_URL];
  if (environment.REDIS_TLS_CA_FILE && !urls.some((url) => url?.startsWith('rediss'))) {
    faults.push({ variable: 'REDIS_TLS_CA_FILE', message: 'requires a Redis URL that begins with rediss' });
  }
  return faults;
}

function certificateFault(file: string): string | undefined {
  try {
    const certificate = new X509Certificate(readFileSync(file));
    return certificate.subject ? undefined : 'has no subject';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code?.startsWith('E') && !code.startsWith('ERR_')
      ? `cannot be read (${code}): ${file}`
      : `is not a PEM certificate: ${file}`;
  }
}
