import { createHash } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { hashOf } from './embedding-input.js';

const sha256 = (bytes: string | Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe(hashOf.name, () => {
  it('returns the SHA-256 of a text', () => {
    expect(hashOf('Heat')).toBe(sha256('Heat'));
  });

  it('returns the SHA-256 of 0xFF and the big-endian tokens for a token array', () => {
    expect(hashOf([1, 100_256])).toBe(sha256(Buffer.from('ff00000001000187a0', 'hex')));
  });

  it('never returns the same hash for a text and a token array', () => {
    const lookalikes = [
      '[1,2]',
      '1,2',
      '\u00ff\0\0\0\u0001',
      Buffer.from([0xff, 0, 0, 0, 1]).toString('latin1'),
    ];
    const hashes = new Set([...lookalikes.map(hashOf), hashOf([1]), hashOf([1, 2]), hashOf([12])]);
    expect(hashes.size).toBe(new Set(lookalikes).size + 3);
  });
});
