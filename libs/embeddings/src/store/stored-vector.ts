import { isFiniteVector } from '@app/cache';

const bytesPerDimension = 4;

/**
 * Encodes a vector like Python's `numpy.asarray(vector, dtype=np.float32).tobytes()`: little-endian float32 and nothing
 * else. (Cached vectors in `{env}:emb:…` are big-endian, like the output of `struct.pack(">1536f", …)`.)
 */
export function encodeStoredVector(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(vector.length * bytesPerDimension);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * bytesPerDimension));
  return bytes;
}

/** Decodes a stored vector. Returns undefined if the bytes are not whole, finite float32 numbers. */
export function decodeStoredVector(bytes: Buffer): Float32Array | undefined {
  if (bytes.length === 0 || bytes.length % bytesPerDimension !== 0) return undefined;
  const vector = Float32Array.from({ length: bytes.length / bytesPerDimension }, (_, index) =>
    bytes.readFloatLE(index * bytesPerDimension),
  );
  return isFiniteVector(vector) ? vector : undefined;
}
