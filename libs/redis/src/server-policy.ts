import type { Logger } from '@nestjs/common';
import type { RedisConnection } from './redis-connection.js';
import { serverSettings } from './embedded/server-settings.js';
import { toRedisFault } from './redis.errors.js';

/** Reads INFO (CONFIG is often forbidden on managed servers) and warns of settings that would hurt. */
export async function warnAboutServerSettings(connection: RedisConnection, logger: Logger): Promise<void> {
  try {
    const memory = await connection.info('memory');
    for (const warning of serverWarnings(memory)) logger.warn(warning);
  } catch (error) {
    logger.warn(`The server's settings could not be read: ${toRedisFault(error).code}`);
  }
}

/** What is wrong with a server, judged by the text of `INFO memory`. */
export function serverWarnings(memory: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(memory)?.[1];
  const maxMemoryBytes = Number(/^maxmemory:(\d+)/m.exec(memory)?.[1] ?? Number.NaN);
  const expected = serverSettings['maxmemory-policy'];
  const warnings: string[] = [];
  if (policy && policy !== expected) {
    const consequence = policy.startsWith('allkeys')
      ? 'it evicts keys that must never expire, trending among them'
      : 'a full server refuses writes or evicts the wrong keys';
    warnings.push(
      `maxmemory-policy is "${policy}", not "${expected}": ${consequence}. CONFIG SET maxmemory-policy ${expected}`,
    );
  }
  if (maxMemoryBytes === 0) {
    warnings.push(
      `maxmemory is not set: the server grows until the machine is full. CONFIG SET maxmemory ${serverSettings.maxmemory}`,
    );
  }
  return warnings;
}
