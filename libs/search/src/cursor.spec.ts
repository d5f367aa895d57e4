import { describe, expect, it } from '@jest/globals';
import { decodeCursor, encodeCursor } from './cursor.js';
import { InvalidCursorError } from './search.errors.js';

const hash = 'a'.repeat(64);
const encode = (content: string): string => Buffer.from(content).toString('base64url');

describe('a cursor', () => {
  it('leads back to its offset', () => {
    expect(decodeCursor(encodeCursor(hash, 40), hash)).toBe(40);
  });

  it('needs no escaping in a URL', () => {
    expect(encodeCursor('f'.repeat(64), Number.MAX_SAFE_INTEGER)).toMatch(/^[\w-]+$/);
  });

  it('is rejected for another request', () => {
    expect(() => decodeCursor(encodeCursor(hash, 40), 'b'.repeat(64))).toThrow(
      new InvalidCursorError('belongs to a request with another query, other filters, or other exclusions'),
    );
  });

  it.each([
    '',
    'nonsense',
    '////',
    encode('{}'),
    encode('null'),
    encode('[]'),
    encode(`["${hash.slice(0, 16)}"]`),
    encode(`["${hash.slice(0, 16)}",-1]`),
    encode(`["${hash.slice(0, 16)}",1.5]`),
    encode(`["${hash.slice(0, 16)}","1"]`),
    encode(`["${hash.slice(0, 16)}",1e300]`),
    encode('[7,7]'),
  ])('%j is rejected', (cursor) => {
    expect(() => decodeCursor(cursor, hash)).toThrow(
      new InvalidCursorError('must be a nextCursor of an earlier response'),
    );
  });
});
