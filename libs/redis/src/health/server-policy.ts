import type { RedisTargetName } from '@app/config';
import { serverSettings } from '../embedded/server-settings.js';

/**
 * What is wrong with a server's eviction, judged by the text of INFO. A cache wants `volatile-lru` and a bound;
 * sessions and limits on a server of their own want `noeviction`.
 */
export function evictionWarnings(target: RedisTargetName, info: string): string[] {
  const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1];
  if (!policy) return [];
  if (target !== 'cache') {
    return policy === 'noeviction'
      ? []
      : [
          `maxmemory-policy is "${policy}", not "noeviction": a full server drops ${target}. CONFIG SET maxmemory-policy noeviction`,
        ];
  }
  const expected = serverSettings['maxmemory-policy'];
  const warnings: string[] = [];
  if (policy !== expected) {
    const consequence = policy.startsWith('allkeys')
      ? 'it evicts keys that must never expire, trending among them'
      : 'a full server refuses writes or evicts the wrong keys';
    warnings.push(
      `maxmemory-policy is "${policy}", not "${expected}": ${consequence}. CONFIG SET maxmemory-policy ${expected}`,
    );
  }
  if (/^maxmemory:0\s*$/m.test(info)) {
    warnings.push(
      `maxmemory is not set: the server grows until the machine is full. CONFIG SET maxmemory ${serverSettings.maxmemory}`,
    );
  }
  return warnings;
}
