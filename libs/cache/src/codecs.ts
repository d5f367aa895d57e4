/** Converts values to bytes and back. */
export interface Codec<T, I = unknown> {
  readonly name: string;
  /**
   * @param input what the value was loaded for
   * @throws TypeError for a value that the codec cannot represent
   */
  encode(value: T, input: I): Buffer;
  /** Returns undefined for bytes that are not a value of this codec, or not the value of this input. */
  decode(bytes: Buffer, input: I): T | undefined;
  /** Whether no value is encoded as zero bytes, which can then mark a value as known to be absent. */
  readonly hasNoEmptyValue: boolean;
}

/** A codec whose values do not depend on what they were loaded for. */
export interface PlainCodec<T> extends Codec<T> {
  encode(value: T): Buffer;
  decode(bytes: Buffer): T | undefined;
}

/** JSON. Decoded values are deeply frozen, because many callers share them. */
export function jsonCodec<T>(
  isValid: (value: unknown) => value is T = (value): value is T => value !== undefined,
): PlainCodec<T> {
  return {
    name: 'json',
    hasNoEmptyValue: true,
    encode: (value) => {
      const text = JSON.stringify(value) as string | undefined;
      if (text === undefined) throw new TypeError(`A value of type ${typeof value} cannot be stored as JSON`);
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
 * JSON that stays text: it is validated when it is read, and returned unparsed.
 *
 * @param isValid checks the parsed value against the input that it is read for
 */
export function jsonTextCodec<I = unknown>(isValid: (value: unknown, input: I) => boolean): Codec<string, I> {
  return {
    name: 'json-text',
    hasNoEmptyValue: true,
    encode: (text) => Buffer.from(text),
    decode: (bytes, input) => {
      const text = bytes.toString();
      try {
        return isValid(JSON.parse(text), input) ? text : undefined;
      } catch {
        return undefined;
      }
    },
  };
}

/** UTF-8 text, unchanged: "007" stays "007". */
export const stringCodec: PlainCodec<string> = {
  name: 'string',
  hasNoEmptyValue: false,
  encode: (value) => Buffer.from(value),
  decode: (bytes) => bytes.toString(),
};

/** Bytes, unchanged. */
export const bytesCodec: PlainCodec<Buffer> = {
  name: 'bytes',
  hasNoEmptyValue: false,
  encode: (value) => value,
  decode: (bytes) => bytes,
};

const bytesPerDimension = 4;

/**
 * A vector of finite numbers as big-endian float32 and nothing else: what Python's `struct.pack(">1536f", *vector)` writes.
 * Many callers share a decoded vector; do not write to it.
 *
 * @param dimensions how many numbers the vector has
 */
export const float32Codec = (dimensions: number): PlainCodec<Float32Array> => ({
  name: `float32[${dimensions}]`,
  hasNoEmptyValue: true,
  encode: (vector) => encodeVector(vector, dimensions),
  decode: (bytes) => decodeVector(bytes, dimensions),
});

/** Like the codec above, for vectors whose number of dimensions depends on the input. */
export const sizedFloat32Codec = <I>(dimensionsOf: (input: I) => number): Codec<Float32Array, I> => ({
  name: 'float32',
  hasNoEmptyValue: true,
  encode: (vector, input) => encodeVector(vector, dimensionsOf(input)),
  decode: (bytes, input) => decodeVector(bytes, dimensionsOf(input)),
});

function encodeVector(vector: Float32Array, dimensions: number): Buffer {
  if (vector.length !== dimensions) {
    throw new TypeError(`The vector has ${vector.length} dimensions, not ${dimensions}`);
  }
  const bytes = Buffer.allocUnsafe(vector.byteLength);
  bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return bytes.swap32();
}

function decodeVector(bytes: Buffer, dimensions: number): Float32Array | undefined {
  if (bytes.length !== dimensions * bytesPerDimension) return undefined;
  // A copy is aligned, and does not retain the whole reply in memory.
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  const vector = new Float32Array(copy.swap32().buffer);
  return isFiniteVector(vector) ? vector : undefined;
}

/** Returns whether a vector has neither NaN nor infinities. */
export function isFiniteVector(vector: Float32Array): boolean {
  // NaN and infinities times zero are NaN, and stay NaN in a sum. Four independent sums run in parallel on the CPU.
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
