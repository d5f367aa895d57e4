import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** A Lua script. It is sent to each server once, and then called by its SHA-1 digest (EVALSHA). */
export interface RedisScript {
  readonly name: string;
  readonly source: string;
  readonly sha1: string;
}

const includeLine = /^ *--- @include "([a-z0-9-]+(?:\/\*)?)"$/gm;

/**
 * Loads a script from its file. Its name ends in its number of keys, or in `n` if that varies: `put-2`.
 *
 * Each line `--- @include "name"` is replaced by the fragment of that name, so that scripts can share code.
 *
 * @param fragments the files of the fragments, by name; each must be a literal `new URL('…', import.meta.url)`, so that the
 * bundler finds it
 * @throws RangeError if the name does not end in a number of keys, or a fragment is missing or unused
 */
export function loadScript(
  name: string,
  file: URL,
  fragments: Readonly<Record<string, URL>> = {},
): RedisScript {
  if (!/-(\d+|n)$/.test(name)) throw new RangeError(`Script "${name}" must end in its number of keys`);
  const unused = new Set(Object.keys(fragments));
  const expand = (url: URL): string =>
    readFileSync(url, 'utf8').replace(includeLine, (_, include: string) => {
      const prefix = include.endsWith('*') ? include.slice(0, -1) : undefined;
      const included = Object.entries(fragments).filter(([fragment]) =>
        prefix === undefined ? fragment === include : fragment.startsWith(prefix),
      );
      if (included.length === 0)
        throw new RangeError(`Script "${name}" includes "${include}", which it was not given`);
      return included
        .map(([fragment, fragmentUrl]) => {
          unused.delete(fragment);
          return expand(fragmentUrl);
        })
        .join('\n');
    });
  const source = expand(file);
  if (unused.size > 0) throw new RangeError(`Script "${name}" does not include ${[...unused].join(', ')}`);
  return { name, source, sha1: createHash('sha1').update(source).digest('hex') };
}
