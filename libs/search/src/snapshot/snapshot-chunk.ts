import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { deflateRaw, inflateRaw } from 'node:zlib';
import { dequantize, type Movie, quantize } from '@app/catalogue';
import type { IndexedMovie } from '../movie-index/movie-index.js';
import { UnreadableSnapshotError } from './snapshot.errors.js';

const deflate = promisify(deflateRaw);
const inflate = promisify(inflateRaw);

/**
 * A part of an index that can be decoded by itself:
 *
 * | bytes              | content                                              |
 * | ------------------ | ---------------------------------------------------- |
 * | 4                  | `MQI1`                                               |
 * | 32                 | SHA-256 of the rest                                  |
 * | 4                  | number of movies, little-endian                      |
 * | 4                  | dimensions of the vectors                            |
 * | 4                  | length of the compressed movies                      |
 * | as said            | the movies as JSON, compressed with raw deflate      |
 * | dimensions × count | the vectors as int8; a movie without one has zeros   |
 */
const magic = Buffer.from('MQI1');
const digestEnd = magic.length + 32;
const headerEnd = digestEnd + 12;
/** Compressed movies are a third of this or less. Protects against a damaged length. */
const maxJsonBytes = 64 * 1024 * 1024;

/** Encodes movies, whose vectors have `dimensions` components. int8 takes a quarter of the space of float32. */
export async function encodeChunk(movies: readonly IndexedMovie[], dimensions: number): Promise<Buffer> {
  const vectors = Buffer.alloc(movies.length * dimensions);
  for (const [row, { vector }] of movies.entries()) {
    if (!vector) continue;
    const levels = quantize(vector);
    vectors.set(new Uint8Array(levels.buffer, levels.byteOffset, levels.length), row * dimensions);
  }
  const json = await deflate(JSON.stringify(movies.map(({ movie }) => movie)));
  const header = Buffer.alloc(headerEnd - digestEnd);
  header.writeUInt32LE(movies.length, 0);
  header.writeUInt32LE(dimensions, 4);
  header.writeUInt32LE(json.length, 8);
  const digest = digestOf([header, json, vectors]);
  return Buffer.concat([magic, digest, header, json, vectors]);
}

/**
 * Decodes a chunk.
 *
 * @throws UnreadableSnapshotError if the bytes are not a whole chunk
 */
export async function decodeChunk(bytes: Buffer): Promise<IndexedMovie[]> {
  verifyChunk(bytes);
  const dimensions = bytes.readUInt32LE(digestEnd + 4);
  const vectorsStart = headerEnd + bytes.readUInt32LE(digestEnd + 8);
  const json = await inflate(bytes.subarray(headerEnd, vectorsStart), { maxOutputLength: maxJsonBytes });
  const movies = JSON.parse(json.toString('utf8')) as Movie[];
  const vectors = bytes.subarray(vectorsStart);
  const values = dequantize(
    new Int8Array(vectors.buffer, vectors.byteOffset, vectors.length),
    Math.max(1, dimensions),
  );
  return movies.map((movie, row) => {
    const vector = values.subarray(row * dimensions, (row + 1) * dimensions);
    return { movie, vector: vector.some((value) => value !== 0) ? vector : undefined };
  });
}

/** @throws UnreadableSnapshotError if the bytes are not a whole chunk */
export function verifyChunk(bytes: Buffer): void {
  if (bytes.length < headerEnd || !bytes.subarray(0, magic.length).equals(magic))
    throw new UnreadableSnapshotError('a chunk has an unknown format');
  if (!digestOf([bytes.subarray(digestEnd)]).equals(digestOfChunk(bytes)))
    throw new UnreadableSnapshotError('a chunk does not match its checksum');
}

/** Returns the number of movies in a chunk. */
export const moviesInChunk = (bytes: Buffer): number => bytes.readUInt32LE(digestEnd);

/** Returns the dimensions of the vectors in a chunk. */
export const dimensionsOfChunk = (bytes: Buffer): number => bytes.readUInt32LE(digestEnd + 4);

/** Returns the checksum that a chunk contains. */
export const digestOfChunk = (bytes: Buffer): Buffer => bytes.subarray(magic.length, digestEnd);

function digestOf(parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}
