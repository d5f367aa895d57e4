import { createHash, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ConfigurationError, MarqueeConfig } from '@app/config';
import { type ApiKey, apiKeysSchema, type Principal } from './api-key.js';

/** How often the file is looked at for changes; a mounted secret is swapped under its name. */
const lookEveryMs = 1_000;
const nobody = Buffer.alloc(32);

/**
 * The API keys, from `API_KEYS_FILE` or `API_KEYS`, read anew when the file changes. A key is 256 random bits, so its plain
 * SHA-256 cannot be searched for: slow password hashes are for what people choose.
 */
@Injectable()
export class ApiKeysService implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('ApiKeys');
  private keys: ReadonlyMap<string, ApiKey> | undefined;
  private text = '';
  private timer: NodeJS.Timeout | undefined;
  private complained = '';

  constructor(private readonly config: MarqueeConfig) {}

  /** False: Marquee serves callers of this machine alone. */
  get areConfigured(): boolean {
    return this.keys !== undefined;
  }

  /** For people: banner, logs. */
  get description(): string {
    return this.keys
      ? `${this.keys.size} API keys`
      : 'callers of this machine, as tenant "default" (no API keys)';
  }

  /** @throws ConfigurationError when the keys cannot be read */
  async onModuleInit(): Promise<void> {
    const { file, inline } = this.config.apiKeys;
    if (inline !== undefined) this.keys = parse('API_KEYS', inline);
    if (file === undefined) return;
    this.text = await read(file);
    this.keys = parse('API_KEYS_FILE', this.text);
    this.timer = setInterval(() => void this.reload(file), lookEveryMs);
    this.timer.unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  /**
   * Whose key it is. The digest is compared in constant time, with nobody's where it is unknown; what the lookup's time
   * may tell of a digest tells nothing of a key.
   */
  find(key: string): Principal | undefined {
    const digest = createHash('sha256').update(key, 'utf8').digest();
    const found = this.keys?.get(digest.toString('hex'));
    const isSame = timingSafeEqual(digest, found ? Buffer.from(found.sha256, 'hex') : nobody);
    if (!found || !isSame) return undefined;
    return { keyName: found.name, tenant: found.tenant, plan: found.plan, roles: found.roles };
  }

  /** A file that is broken, or gone for a moment, changes nothing. */
  private async reload(file: string): Promise<void> {
    try {
      const text = await read(file);
      if (text === this.text) return;
      this.keys = parse('API_KEYS_FILE', text);
      this.text = text;
      this.complained = '';
      this.logger.log(`${this.keys.size} API keys read anew`);
    } catch (error) {
      const { message } = error as Error;
      if (message !== this.complained) this.logger.error(`The API keys stay as they were. ${message}`);
      this.complained = message;
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
    throw fault(variable, 'is not JSON');
  }
  const { data: keys, error } = apiKeysSchema.safeParse(json);
  if (!keys) {
    const messages = error.issues.slice(0, 10).map(({ path, message }) => `[${path.join('.')}] ${message}`);
    throw fault(variable, messages.join('; '));
  }
  const byDigest = new Map(keys.map((key) => [key.sha256, key]));
  if (byDigest.size < keys.length) throw fault(variable, 'holds the same sha256 twice');
  return byDigest;
}

const fault = (variable: string, message: string): ConfigurationError =>
  new ConfigurationError([{ variable, message }]);
