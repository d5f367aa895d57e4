import type { Logger } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { toRedisFault } from '../connection/redis.errors.js';
import type { RedisScript } from './redis-script.js';

/** The scripts of one target, which every server gets when it connects. */
export class ScriptRegistry {
  private readonly scripts = new Map<string, RedisScript>();

  constructor(private readonly logger: Pick<Logger, 'debug'>) {}

  add(script: RedisScript): void {
    this.scripts.set(script.name, script);
  }

  /** Loads all scripts on these servers. A script that is not loaded is sent with its first call. */
  async load(servers: readonly Redis[]): Promise<void> {
    for (const server of servers) {
      for (const { name, source } of this.scripts.values()) {
        try {
          await server.script('LOAD', source);
        } catch (error) {
          this.logger.debug(`Script ${name} was not loaded: ${toRedisFault(error).code}`);
        }
      }
    }
  }
}
