import { describe, expect, it } from '@jest/globals';
import {
  float32Codec,
  isFiniteVector,
  jsonCodec,
  jsonTextCodec,
  sizedFloat32Codec,
  stringCodec,
} from './codecs.js';

describe(float32Codec.name, () => {
  const [two, three] = [float32Codec(2), float32Codec(3)];

  it("is what Python's struct.pack('>3f', 1.0, -2.5, 0.1) writes", () => {
    const bytes = Buffer.from('3f800000c02000003dcccccd', 'hex');
    const vector = Float32Array.of(1, -2.5, 0.1);
    expect(three.encode(vector)).toEqual(bytes);
    expect(three.decode(bytes)).toEqual(vector);
  });

  it('does not modify the vector, even if it is a view of a larger buffer', () => {
    const whole = Float32Array.of(9, 1, 2, 9);
    expect(two.decode(two.encode(whole.subarray(1, 3)))).toEqual(Float32Array.of(1, 2));
    expect(whole).toEqual(Float32Array.of(9, 1, 2, 9));
  });

  it('decodes bytes at any alignment', () => {
    const bytes = Buffer.concat([Buffer.from([0]), two.encode(Float32Array.of(1, 2))]).subarray(1);
    expect(two.decode(bytes)).toEqual(Float32Array.of(1, 2));
  });

  it('rejects a wrong length, NaN, and infinity', () => {
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
  it('decodes what it encoded, deeply frozen', () => {
    const codec = jsonCodec<{ movie: { title: string } }>();
    const value = codec.decode(codec.encode({ movie: { title: '007' } }));
    expect(value).toEqual({ movie: { title: '007' } });
    expect(Object.isFrozen(value?.movie)).toBe(true);
  });

  it('decodes invalid JSON and other shapes as undefined, and rejects values without JSON', () => {
    const isNumber = (value: unknown): value is number => typeof value === 'number';
    expect(jsonCodec(isNumber).decode(Buffer.from('"7"'))).toBeUndefined();
    expect(jsonCodec().decode(Buffer.from('{'))).toBeUndefined();
    expect(() => jsonCodec().encode(undefined)).toThrow(TypeError);
  });
});

describe('stringCodec', () => {
  it('returns every text unchanged', () => {
    for (const text of ['007', 'true', 'null', '{"a":1}', '']) {
      expect(stringCodec.decode(stringCodec.encode(text))).toBe(text);
    }
  });
});

describe(isFiniteVector.name, () => {
  it.each([
    [[0, 1, -1], true],
    [[1, Number.NaN], false],
    [[1, Infinity], false],
    [[1e300], false],
  ])('%j', (numbers, expected) => {
    expect(isFiniteVector(Float32Array.from(numbers))).toBe(expected);
  });
});

describe(sizedFloat32Codec.name, () => {
  it('takes the number of dimensions from the input', () => {
    const codec = sizedFloat32Codec((input: { size: number }) => input.size);
    const bytes = codec.encode(Float32Array.of(1, 2), { size: 2 });
    expect(codec.decode(bytes, { size: 2 })).toEqual(Float32Array.of(1, 2));
    expect(codec.decode(bytes, { size: 3 })).toBeUndefined();
    expect(() => codec.encode(Float32Array.of(1, 2), { size: 3 })).toThrow(TypeError);
  });
});

describe(jsonTextCodec.name, () => {
  it('returns the stored text, if it is the value of the input', () => {
    const codec = jsonTextCodec((value, id: number) => (value as { id: number }).id === id);
    expect(codec.decode(Buffer.from('{ "id": 1 }'), 1)).toBe('{ "id": 1 }');
    expect(codec.decode(Buffer.from('{ "id": 1 }'), 2)).toBeUndefined();
    expect(codec.decode(Buffer.from('{'), 1)).toBeUndefined();
  });
});
