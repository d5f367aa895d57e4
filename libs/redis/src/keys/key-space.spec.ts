import { describe, expect, it } from '@jest/globals';
import { encodeKeyPart, KeySpace, shared } from './key-space.js';

describe(KeySpace.name, () => {
  const standalone = new KeySpace('prod', false);
  const cluster = new KeySpace('prod', true);

  it('builds the documented keys', () => {
    expect(standalone.key('emb', 'text-embedding-3-small', 'abc123')).toBe(
      'prod:emb:text-embedding-3-small:abc123',
    );
    expect(standalone.key('session', shared('abc'), 'metadata')).toBe('prod:session:abc:metadata');
  });

  it('tags the shared part in Cluster mode only', () => {
    expect(cluster.key('session', shared('abc'), 'metadata')).toBe('prod:session:{abc}:metadata');
    expect(cluster.key(shared('trending'), 'current')).toBe('prod:{trending}:current');
  });

  it('does not let a part reach another namespace or slot', () => {
    expect(standalone.key('task', '../x:result', 'result')).toBe('prod:task:../x%3Aresult:result');
    expect(cluster.key('session', shared('a}:{b'), 'metadata')).toBe('prod:session:{a%7D%3A%7Bb}:metadata');
    expect(encodeKeyPart('a b\r\n\0\u2028')).toBe('a%20b%0D%0A%00%E2%80%A8');
  });

  it('gives different parts different keys', () => {
    const parts = ['a:b', 'a%3Ab', 'a%253Ab', 'a b', 'a%20b', 'ä', 'A'];
    expect(new Set(parts.map(encodeKeyPart)).size).toBe(parts.length);
    expect(parts.map((part) => decodeURIComponent(encodeKeyPart(part)))).toEqual(parts);
  });

  it('rejects empty and ill-formed parts', () => {
    expect(() => encodeKeyPart('')).toThrow(RangeError);
    expect(() => encodeKeyPart('\ud800')).toThrow(RangeError);
  });
});
