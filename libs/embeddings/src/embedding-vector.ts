const bytesPerDimension = 4;

/** Big-endian float32, nothing else: what Python's `struct.pack(">1536f", *vector)` writes. */
export function encodeVector(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(vector.byteLength);
  bytes.set(new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength));
  return bytes.swap32();
}

/** The vector, or undefined where the bytes are no vector of that many dimensions with finite numbers. */
export function decodeVector(bytes: Buffer, dimensions: number): Float32Array | undefined {
  if (bytes.length !== dimensions * bytesPerDimension) return undefined;
  const aligned = new ArrayBuffer(bytes.length);
  const copy = Buffer.from(aligned);
  bytes.copy(copy);
  copy.swap32();
  return hasOnlyFiniteBits(new Uint32Array(aligned)) ? new Float32Array(aligned) : undefined;
}

/** Little-endian float32 in base64: the OpenAI API's `encoding_format: "base64"`. */
export function vectorToBase64(vector: Float32Array): string {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');
}

/** The reverse of `vectorToBase64`, or undefined where the text is not base64 of whole float32s. */
export function vectorFromBase64(text: string): Float32Array | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % bytesPerDimension !== 0) return undefined;
  const aligned = new ArrayBuffer(bytes.length);
  bytes.copy(Buffer.from(aligned));
  return new Float32Array(aligned);
}

export function isFinite(vector: Float32Array): boolean {
  return hasOnlyFiniteBits(new Uint32Array(vector.buffer, vector.byteOffset, vector.length));
}

/** NaN and the infinities are the float32s whose exponent bits are all ones. */
function hasOnlyFiniteBits(words: Uint32Array): boolean {
  const exponent = 0x7f80_0000;
  for (const word of words) if ((word & exponent) === exponent) return false;
  return true;
}
