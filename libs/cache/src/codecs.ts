/** Turns values into bytes and back. `decode` answers undefined for bytes that are none of its own: a broken entry. */
export interface Codec<T> {
  readonly name: string;
  /** @throws TypeError for a value that it cannot carry */
  encode(value: T): Buffer;
  decode(bytes: Buffer): T | undefined;
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

/** JSON as its text: checked on reading like `jsonCodec`'s, handed on untouched. */
export function jsonTextCodec(isValid: (value: unknown) => boolean): Codec<string> {
  return {
    name: 'json-text',
    hasNoEmptyValue: true,
    encode: (text) => Buffer.from(text),
    decode: (bytes) => {
      const text = bytes.toString();
      try {
        return isValid(JSON.parse(text)) ? text : undefined;
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
      const aligned = new ArrayBuffer(bytes.length);
      const copy = Buffer.from(aligned);
      bytes.copy(copy);
      copy.swap32();
      return hasOnlyFiniteBits(new Uint32Array(aligned)) ? new Float32Array(aligned) : undefined;
    },
  };
}

/** NaN and the infinities are the float32s whose exponent bits are all ones. */
function hasOnlyFiniteBits(words: Uint32Array): boolean {
  const exponent = 0x7f80_0000;
  // An iterator would cost as much as the rest of a hit.
  for (let index = 0; index < words.length; index++)
    if (((words[index] as number) & exponent) === exponent) return false;
  return true;
}

function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  for (const member of Object.values(value)) deepFreeze(member);
  return Object.freeze(value);
}
