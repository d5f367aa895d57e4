import { describe, expect, it } from '@jest/globals';
import { decodeVector, encodeVector, vectorFromBase64, vectorToBase64 } from './embedding-vector.js';

describe('the stored format', () => {
  it("is what Python's struct.pack('>3f', 1.0, -2.5, 0.1) writes", () => {
    const bytes = Buffer.from('3f800000c02000003dcccccd', 'hex');
    const vector = Float32Array.of(1, -2.5, 0.1);
    expect(encodeVector(vector)).toEqual(bytes);
    expect(decodeVector(bytes, 3)).toEqual(vector);
  });

  it('leaves the vector as it was, also where it is part of a larger buffer', () => {
    const whole = Float32Array.of(9, 1, 2, 9);
    const part = whole.subarray(1, 3);
    expect(decodeVector(encodeVector(part), 2)).toEqual(Float32Array.of(1, 2));
    expect(whole).toEqual(Float32Array.of(9, 1, 2, 9));
  });

  it('reads bytes at any alignment', () => {
    const bytes = Buffer.concat([Buffer.from([0]), encodeVector(Float32Array.of(1, 2))]).subarray(1);
    expect(decodeVector(bytes, 2)).toEqual(Float32Array.of(1, 2));
  });

  it('takes no wrong length, NaN or infinity', () => {
    const bytes = encodeVector(Float32Array.of(1, 2));
    expect(decodeVector(bytes, 3)).toBeUndefined();
    expect(decodeVector(bytes.subarray(0, 7), 2)).toBeUndefined();
    expect(decodeVector(Buffer.alloc(0), 2)).toBeUndefined();
    for (const number of [Number.NaN, Infinity, -Infinity]) {
      expect(decodeVector(encodeVector(Float32Array.of(1, number)), 2)).toBeUndefined();
    }
  });
});

describe("OpenAI's base64", () => {
  it('is little-endian float32', () => {
    expect(vectorToBase64(Float32Array.of(1, -2.5))).toBe(
      Buffer.from('0000803f000020c0', 'hex').toString('base64'),
    );
    expect(vectorFromBase64('AACAPwAAIMA=')).toEqual(Float32Array.of(1, -2.5));
  });

  it('takes no broken text', () => {
    for (const text of ['', 'AAA=', '****']) expect(vectorFromBase64(text)).toBeUndefined();
  });
});
