import { describe, expect, it } from '@jest/globals';
import { float32Codec, jsonCodec, stringCodec } from './codecs.js';

describe(float32Codec.name, () => {
  const [two, three] = [float32Codec(2), float32Codec(3)];

  it("is what Python's struct.pack('>3f', 1.0, -2.5, 0.1) writes", () => {
    const bytes = Buffer.from('3f800000c02000003dcccccd', 'hex');
    const vector = Float32Array.of(1, -2.5, 0.1);
    expect(three.encode(vector)).toEqual(bytes);
    expect(three.decode(bytes)).toEqual(vector);
  });

  it('leaves the vector as it was, also where it is part of a larger buffer', () => {
    const whole = Float32Array.of(9, 1, 2, 9);
    expect(two.decode(two.encode(whole.subarray(1, 3)))).toEqual(Float32Array.of(1, 2));
    expect(whole).toEqual(Float32Array.of(9, 1, 2, 9));
  });

  it('reads bytes at any alignment', () => {
    const bytes = Buffer.concat([Buffer.from([0]), two.encode(Float32Array.of(1, 2))]).subarray(1);
    expect(two.decode(bytes)).toEqual(Float32Array.of(1, 2));
  });

  it('takes no wrong length, NaN or infinity', () => {
    const bytes = two.encode(Float32Array.of(1, 2));
    expect(three.decode(bytes)).toBeUndefined();
    expect(two.decode(bytes.subarray(0, 7))).toBeUndefined();
    expect(two.decode(Buffer.alloc(0))).toBeUndefined();
    for (const number of [Number.NaN, Infinity, -Infinity]) {
      expect(two.decode(two.encode(Float32Array.of(1, number)))).toBeUndefined();
    }
    expect(() => three.encode(Float32Array.of(1, 2))).toThrow(TypeError);
    const seven = float32Codec(7);
    for (let place = 0; place < 7; place++) {
      const vector = new Float32Array(7).fill(1);
      expect(seven.decode(seven.encode(vector))).toEqual(vector);
      vector[place] = Number.NaN;
      expect(seven.decode(seven.encode(vector))).toBeUndefined();
    }
  });
});

describe(jsonCodec.name, () => {
  it('keeps JSON as JSON, frozen all the way down', () => {
    const codec = jsonCodec<{ film: { title: string } }>();
    const value = codec.decode(codec.encode({ film: { title: '007' } }));
    expect(value).toEqual({ film: { title: '007' } });
    expect(Object.isFrozen(value?.film)).toBe(true);
  });

  it('answers undefined for what is no JSON or not of the shape, and refuses what has none', () => {
    const isNumber = (value: unknown): value is number => typeof value === 'number';
    expect(jsonCodec(isNumber).decode(Buffer.from('"7"'))).toBeUndefined();
    expect(jsonCodec().decode(Buffer.from('{'))).toBeUndefined();
    expect(() => jsonCodec().encode(undefined)).toThrow(TypeError);
  });
});

describe('stringCodec', () => {
  it('guesses nothing', () => {
    for (const text of ['007', 'true', 'null', '{"a":1}', '']) {
      expect(stringCodec.decode(stringCodec.encode(text))).toBe(text);
    }
  });
});
