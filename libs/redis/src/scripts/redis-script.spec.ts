import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { loadScript } from './redis-script.js';

describe(loadScript.name, () => {
  let folder: string;
  const file = (name: string, text: string): URL => {
    writeFileSync(join(folder, name), text);
    return pathToFileURL(join(folder, name));
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'marquee-scripts-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('replaces include lines by their fragments, verbatim', () => {
    const script = file('sum-1.lua', '-- sum\n--- @include "one"\nreturn one');
    const { source } = loadScript('sum-1', script, { one: file('one.lua', "local one = '$& $1'") });
    expect(source).toBe("-- sum\nlocal one = '$& $1'\nreturn one");
  });

  it('includes all fragments of a group, and fragments of fragments', () => {
    const script = file('sum-1.lua', 'local sum = 0\n  --- @include "terms/*"\nreturn sum');
    const { source } = loadScript('sum-1', script, {
      'terms/one': file('one.lua', 'sum = sum + 1'),
      'terms/two': file('two.lua', '--- @include "two"'),
      two: file('two-term.lua', 'sum = sum + 2'),
    });
    expect(source).toBe('local sum = 0\nsum = sum + 1\nsum = sum + 2\nreturn sum');
  });

  it('changes its digest when a fragment changes', () => {
    const script = file('sum-1.lua', '--- @include "one"\nreturn one');
    const first = loadScript('sum-1', script, { one: file('one.lua', 'local one = 1') });
    const second = loadScript('sum-1', script, { one: file('one.lua', 'local one = 2') });
    expect(second.sha1).not.toBe(first.sha1);
  });

  it('rejects a missing fragment, an unused fragment, and a name without a number of keys', () => {
    const script = file('sum-1.lua', '--- @include "one"\nreturn one');
    expect(() => loadScript('sum-1', script)).toThrow('includes "one", which it was not given');
    const plain = file('plain-1.lua', 'return 1');
    expect(() => loadScript('plain-1', plain, { one: plain })).toThrow('does not include one');
    expect(() => loadScript('plain', plain)).toThrow(RangeError);
  });
});
