import { createHash } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { IndexDescription, IndexedMovie, IndexSnapshot } from '../movie-index/movie-index.js';
import { decodeChunk, digestOfChunk, encodeChunk, moviesInChunk, verifyChunk } from './snapshot-chunk.js';
import { UnreadableSnapshotError } from './snapshot.errors.js';

/** Movies and vectors of a chunk before compression, which takes a few milliseconds to encode or decode. */
const maxChunkBytes = 1024 * 1024;

/** An index as it is stored and transferred: chunks that can be decoded one at a time. */
export interface EncodedSnapshot extends IndexDescription {
  readonly movies: number;
  readonly chunks: readonly Buffer[];
}

/** Encodes an index, yielding to the event loop after each chunk. */
export async function encodeSnapshot({ movies, ...description }: IndexSnapshot): Promise<EncodedSnapshot> {
  const chunks: Buffer[] = [];
  for (const part of partsOf(movies, description.dimensions)) {
    chunks.push(await encodeChunk(part, description.dimensions));
    await nextTurn();
  }
  return { ...description, movies: movies.length, chunks };
}

/** Joins chunks that were encoded one at a time. */
export function joinChunks(description: IndexDescription, chunks: readonly Buffer[]): EncodedSnapshot {
  const filled = chunks.filter((chunk) => moviesInChunk(chunk) > 0);
  const movies = filled.reduce((sum, chunk) => sum + moviesInChunk(chunk), 0);
  return { ...description, movies, chunks: filled };
}

/**
 * Decodes an index, yielding to the event loop after each chunk.
 *
 * @throws UnreadableSnapshotError if a chunk is damaged
 */
export async function decodeSnapshot({ chunks, ...description }: EncodedSnapshot): Promise<IndexSnapshot> {
  const movies: IndexedMovie[] = [];
  for (const chunk of chunks) {
    movies.push(...(await decodeChunk(chunk)));
    await nextTurn();
  }
  return { ...description, movies };
}

/**
 * Verifies the checksum of each chunk and of all together, yielding to the event loop after each chunk.
 *
 * @throws UnreadableSnapshotError if one does not match
 */
export async function verifySnapshot({ chunks }: EncodedSnapshot, expectedHash: string): Promise<void> {
  for (const chunk of chunks) {
    verifyChunk(chunk);
    await nextTurn();
  }
  if (hashOfChunks(chunks) !== expectedHash)
    throw new UnreadableSnapshotError('the chunks do not belong together');
}

/** Returns the SHA-256 of the checksums of all chunks, in hexadecimal. It identifies the contents. */
export function hashOfChunks(chunks: readonly Buffer[]): string {
  const hash = createHash('sha256');
  for (const chunk of chunks) hash.update(digestOfChunk(chunk));
  return hash.digest('hex');
}

/** Splits movies into parts that fit in a chunk. */
function* partsOf(movies: readonly IndexedMovie[], dimensions: number): Generator<IndexedMovie[]> {
  let part: IndexedMovie[] = [];
  let bytes = 0;
  for (const each of movies) {
    const size = JSON.stringify(each.movie).length + dimensions;
    if (part.length > 0 && bytes + size > maxChunkBytes) {
      yield part;
      part = [];
      bytes = 0;
    }
    part.push(each);
    bytes += size;
  }
  if (part.length > 0) yield part;
}
