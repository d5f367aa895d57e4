import type { RedisTargetName } from '@app/config';
import { serverSettings } from '../embedded/server-settings.js';

/**
 * Returns warnings about a server's eviction settings, according to INFO. A cache needs `volatile-lru` and a memory limit;
 * sessions and limits on their own server need `noeviction`.
 */
export function evictionWarnings(target: RedisTargetName, info: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (!policy) return [];
  if (target !== 'cache') {
    return policy === 'noeviction'
      ? []
      : [
          `maxmemory-policy is "${policy}", not "noeviction": a full server evicts ${target}. CONFIG SET maxmemory-policy noeviction`,
        ];
  }
  const expected = serverSettings['maxmemory-policy'];
  const warnings: string[] = [];
  if (policy !== expected) {
    const consequence = policy.startsWith('allkeys')
      ? 'it evicts keys that must not be lost, such as trending'
      : 'a full server rejects writes or evicts the wrong keys';
    warnings.push(
      `maxmemory-policy is "${policy}", not "${expected}": ${consequence}. CONFIG SET maxmemory-policy ${expected}`,
    );
  }
  if (/^maxmemory:0\s*$/m.test(info)) {
    warnings.push(
      `maxmemory is not set: the server may use all memory of the machine. CONFIG SET maxmemory ${serverSettings.maxmemory}`,
    );
  }
  return warnings;
}
