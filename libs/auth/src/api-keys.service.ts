import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigurationError, MarqueeConfig } from '@app/config';
import { type ApiKey, apiKeysSchema, type Principal } from './api-key.js';

/** Interval at which the file is checked for changes. Polling also notices a mounted secret that is replaced by rename. */
const pollIntervalMs = 1_000;
/** Compared with unknown keys, so that their lookup takes the same time. */
const unknownDigest = Buffer.alloc(32);

/**
 * Holds the API keys of `API_KEYS_FILE` or `API_KEYS`, and reloads the file when it changes. A key is 256 random bits, so a
 * plain SHA-256 cannot be brute-forced; slow password hashes are only needed for what people choose.
 */
@Injectable()
export class ApiKeysService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('ApiKeys');
  private keys: ReadonlyMap<string, ApiKey> | undefined;
  private text = '';
  private timer: NodeJS.Timeout | undefined;
  private lastError = '';

  constructor(private readonly config: MarqueeConfig) {}

  /** False if there are no API keys, so that Marquee serves only callers on this machine. */
  get areConfigured(): boolean {
    return this.keys !== undefined;
  }

  /** A summary for the startup banner and logs. */
  get description(): string {
    return this.keys
      ? `${this.keys.size} API keys`
      : 'callers on this machine, as tenant "default" (no API keys)';
  }

  /** @throws ConfigurationError when the keys cannot be read */
  async onModuleInit(): Promise<void> {
    const { file, inline } = this.config.apiKeys;
    if (inline !== undefined) this.keys = parse('API_KEYS', inline);
    if (file === undefined) return;
    this.text = await read(file);
    this.keys = parse('API_KEYS_FILE', this.text);
    this.timer = setInterval(() => void this.reload(file), pollIntervalMs);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Returns the principal of a key, or undefined if the key is unknown. The digest is compared in constant time. The map
   * lookup may leak timing about a digest, which reveals nothing about the key.
   */
  find(key: string): Principal | undefined {
    const digest = createHash('sha256').update(key, 'utf8').digest();
    const found = this.keys?.get(digest.toString('hex'));
    const isSame = timingSafeEqual(digest, found ? Buffer.from(found.sha256, 'hex') : unknownDigest);
    if (!found || !isSame) return undefined;
    return { keyName: found.name, tenant: found.tenant, plan: found.plan, roles: found.roles };
  }

  /** Reloads the file. If it is invalid or missing, the current keys stay in effect. */
  private async reload(file: string): Promise<void> {
    try {
      const text = await read(file);
      if (text === this.text) return;
      this.keys = parse('API_KEYS_FILE', text);
      this.text = text;
      this.lastError = '';
      this.logger.log(`Reloaded ${this.keys.size} API keys`);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.lastError)
        this.logger.error(`Could not reload the API keys; the current ones stay in effect. ${message}`);
      this.lastError = message;
    }
  }
}

async function read(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    throw fault('API_KEYS_FILE', `cannot be read (${(error as NodeJS.ErrnoException).code}): ${file}`);
  }
}

function parse(variable: string, text: string): Map<string, ApiKey> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw fault(variable, 'is not valid JSON');
  }
  const { data: keys, error } = apiKeysSchema.safeParse(json);
  if (!keys) {
    const messages = error.issues.slice(0, 10).map(({ path, message }) => `[${path.join('.')}] ${message}`);
    throw fault(variable, messages.join('; '));
  }
  const byDigest = new Map(keys.map((key) => [key.sha256, key]));
  if (byDigest.size < keys.length) throw fault(variable, 'contains the same sha256 twice');
  return byDigest;
}

const fault = (variable: string, message: string): ConfigurationError =>
  new ConfigurationError([{ variable, message }]);
