import { isFiniteVector } from '@app/cache';

const bytesPerDimension = 4;

/**
 * Encodes a vector as Python's `numpy.asarray(vector, dtype=np.float32).tobytes()` does: little-endian float32 and
 * nothing else. Every platform that Node and NumPy commonly run on is little-endian. (Cached vectors, `{env}:emb:…`, are
 * big-endian: their format comes from `struct.pack(">1536f", …)`.)
 */
export function encodeStoredVector(vector: Float32Array): Buffer {
  const bytes = Buffer.allocUnsafe(vector.length * bytesPerDimension);
  vector.forEach((value, index) => bytes.writeFloatLE(value, index * bytesPerDimension));
  return bytes;
}

/** The reverse of `encodeStoredVector`; undefined for bytes that are not whole, finite float32s. */
export function decodeStoredVector(bytes: Buffer): Float32Array | undefined {
  if (bytes.length === 0 || bytes.length % bytesPerDimension !== 0) return undefined;
  const vector = Float32Array.from({ length: bytes.length / bytesPerDimension }, (_, index) =>
    bytes.readFloatLE(index * bytesPerDimension),
  );
  return isFiniteVector(vector) ? vector : undefined;
}
