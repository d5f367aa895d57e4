import { describe, expect, it } from '@jest/globals';
import { vectorFromBase64, vectorToBase64 } from './embedding-vector.js';

describe("OpenAI's base64", () => {
  it('is little-endian float32', () => {
    expect(vectorToBase64(Float32Array.of(1, -2.5))).toBe(
      Buffer.from('0000803f000020c0', 'hex').toString('base64'),
    );
    expect(vectorFromBase64('AACAPwAAIMA=')).toEqual(Float32Array.of(1, -2.5));
  });

  it('rejects malformed text', () => {
    for (const text of ['', 'AAA=', '****']) expect(vectorFromBase64(text)).toBeUndefined();
  });
});
