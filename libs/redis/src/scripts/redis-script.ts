import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script: sent once a server, then called by its SHA-1 digest (EVALSHA). */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

/**
 * Reads a script from its file, whose name ends in the number of its keys, or in n: `put-unless-same-length-1.lua`.
 *
 * @param fragments files of local functions that several scripts share; they are put before the script
 * @throws RangeError when the name does not end so
 */
export function loadScript(name: string, file: URL, fragments: readonly URL[] = []): RedisScript {
  if (!/-(\d+|n)$/.test(name)) throw new RangeError(`Script "${name}" must end in its number of keys`);
  const source = [...fragments, file].map((part) => readFileSync(part, 'utf8')).join('\n');
  return { name, source, sha1: createHash('sha1').update(source).digest('hex') };
}
