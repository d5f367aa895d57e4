/** Turns values into bytes and back. `decode` returns undefined for bytes that are not its own: a broken entry. */
export interface Codec<T> {
  readonly name: string;
  /** @throws TypeError for a value that it cannot carry */
  encode(value: T): Buffer;
  /** @param key where the bytes were found, for codecs that check that the value is the key's */
  decode(bytes: Buffer, key?: string): T | undefined;
  /** Whether the empty string can be no value of it, and so can stand for "known to be absent". */
  readonly hasNoEmptyValue: boolean;
}

/** JSON, frozen all the way down on reading: one decoded value serves many callers. */
export function jsonCodec<T>(
  isValid: (value: unknown) => value is T = (value): value is T => value !== undefined,
): Codec<T> {
  return {
    name: 'json',
    hasNoEmptyValue: true,
    encode: (value) => {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw new TypeError(`A ${typeof value} has no JSON`);
      return Buffer.from(text);
    },
    decode: (bytes) => {
      try {
        const value: unknown = JSON.parse(bytes.toString());
        return isValid(value) ? deepFreeze(value) : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * JSON as its text: checked on reading like `jsonCodec`'s, handed on untouched.
 *
 * @param isValid of a parsed value and the key that it was found under
 */
export function jsonTextCodec(isValid: (value: unknown, key?: string) => boolean): Codec<string> {
  return {
    name: 'json-text',
    hasNoEmptyValue: true,
    encode: (text) => Buffer.from(text),
    decode: (bytes, key) => {
      const text = bytes.toString();
      try {
        return isValid(JSON.parse(text), key) ? text : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** UTF-8 text, as it is: "007" stays "007". */
export const stringCodec: Codec<string> = {
  name: 'string',
  hasNoEmptyValue: false,
  encode: (value) => Buffer.from(value),
  decode: (bytes) => bytes.toString(),
};

/** Bytes, as they are. */
export const bytesCodec: Codec<Buffer> = {
  name: 'bytes',
  hasNoEmptyValue: false,
  encode: (value) => value,
  decode: (bytes) => bytes,
};

const bytesPerDimension = 4;

/**
 * A vector of so many finite numbers as big-endian float32, nothing else: what Python's
 * `struct.pack(">1536f", *vector)` writes. A decoded vector serves many callers: do not write to it.
 */
export function float32Codec(dimensions: number): Codec<Float32Array> {
  return {
    name: `float32[${dimensions}]`,
    hasNoEmptyValue: true,
    encode: (vector) => {
      if (vector.length !== dimensions) throw new TypeError(`${vector.length} dimensions, not ${dimensions}`);
      const bytes = Buffer.allocUnsafe(vector.byteLength);
      bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
      return bytes.swap32();
    },
    decode: (bytes) => {
      if (bytes.length !== dimensions * bytesPerDimension) return undefined;
      // Memory of its own: aligned, and not a slice that keeps the whole reply alive.
      const copy = Buffer.allocUnsafeSlow(bytes.length);
      bytes.copy(copy);
      const vector = new Float32Array(copy.swap32().buffer);
      return hasOnlyFinite(vector) ? vector : undefined;
    },
  };
}

/** What is no number times zero is no number, and stays so in a sum; four sums go on beside one another. */
function hasOnlyFinite(vector: Float32Array): boolean {
  let [first, second, third, fourth] = [0, 0, 0, 0];
  const zero = 0;
  const whole = vector.length - (vector.length % 4);
  for (let index = 0; index < whole; index += 4) {
    first += (vector[index] as number) * zero;
    second += (vector[index + 1] as number) * zero;
    third += (vector[index + 2] as number) * zero;
    fourth += (vector[index + 3] as number) * zero;
  }
  for (let index = whole; index < vector.length; index++) first += (vector[index] as number) * zero;
  return first + second + third + fourth === 0;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
