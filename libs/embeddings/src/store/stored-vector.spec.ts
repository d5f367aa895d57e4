import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { decodeStoredVector, encodeStoredVector } from './stored-vector.js';

const hasPython = (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(`${folder}/python3`));
// NumPy's float32 arrays and the `struct` module without a byte order both use the native byte order.
const python = (program: string, input: string): string =>
  execFileSync('python3', ['-c', program], { input, encoding: 'utf8' }).trim();

describe('a stored vector', () => {
  const vector = Float32Array.of(0, -0, 1, -1.5, 3.4e38, 1e-45, Math.fround(0.1));

  it('is little-endian float32', () => {
    expect(encodeStoredVector(Float32Array.of(1, -2)).toString('hex')).toBe('0000803f000000c0');
    expect(decodeStoredVector(encodeStoredVector(vector))).toEqual(vector);
  });

  it.each([
    ['empty', ''],
    ['not whole floats', '0000803f00'],
    ['NaN', '0000c07f'],
    ['infinite', '0000807f'],
  ])('is undefined for bytes that are %s', (_, hex) => {
    expect(decodeStoredVector(Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});

(hasPython ? describe : describe.skip)('a stored vector and Python (skipped without python3)', () => {
  const vector = Float32Array.of(0, 1, -1.5, 3.4e38, 1e-45, Math.fround(0.1));

  it('can be read by Python', () => {
    const program =
      'import struct,sys; b=bytes.fromhex(sys.stdin.read()); print(list(struct.unpack(f"{len(b)//4}f", b)))';
    const read = JSON.parse(python(program, encodeStoredVector(vector).toString('hex'))) as number[];
    expect(Float32Array.from(read)).toEqual(vector);
  });

  it('can be written by Python', () => {
    const program =
      'import json,struct,sys; v=json.load(sys.stdin); print(struct.pack(f"{len(v)}f", *v).hex())';
    const written = python(program, JSON.stringify(Array.from(vector)));
    expect(decodeStoredVector(Buffer.from(written, 'hex'))).toEqual(vector);
  });
});
