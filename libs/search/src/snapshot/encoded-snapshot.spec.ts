import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { Movie } from '@app/catalogue';
import type { IndexedMovie, IndexSnapshot } from '../movie-index/movie-index.js';
import {
  decodeSnapshot,
  encodeSnapshot,
  hashOfChunks,
  joinChunks,
  verifySnapshot,
} from './encoded-snapshot.js';
import { decodeChunk, encodeChunk, moviesInChunk } from './snapshot-chunk.js';
import { parsePointer, pointerTo, toEncodedSnapshot } from './snapshot-pointer.js';
import { UnreadableSnapshotError } from './snapshot.errors.js';

const dimensions = 64;

function indexedMovie(id: number, overview = `What happens in movie ${id} – “ñ” 🎬`): IndexedMovie {
  const values = Array.from({ length: dimensions }, (_, index) => Math.sin(id * 97 + index * 13.7));
  const length = Math.hypot(...values);
  const movie: Movie = {
    id,
    title: `Movie ${id}`,
    releaseDate: '1995-12-15',
    overview,
    directors: ['Michael Mann'],
    cast: [{ name: 'Al Pacino', character: 'Hanna' }],
    genres: ['Crime'],
    countries: ['US'],
    keywords: ['heist'],
  };
  return { movie, vector: Float32Array.from(values, (value) => value / length) };
}

const description = {
  version: 'import-1',
  source: 'import',
  updatedAt: new Date('2026-11-24T12:00:00Z'),
  model: 'some-model',
  dimensions,
} as const;

const similarity = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);

describe(encodeChunk.name, () => {
  it('returns movies as they were, and the direction of their vectors', async () => {
    const movies = [1, 2, 3].map((id) => indexedMovie(id));
    const decoded = await decodeChunk(await encodeChunk(movies, dimensions));
    expect(decoded.map(({ movie }) => movie)).toEqual(movies.map(({ movie }) => movie));
    for (const [row, { vector }] of decoded.entries()) {
      expect(similarity(vector as Float32Array, movies[row]?.vector as Float32Array)).toBeGreaterThan(0.999);
      expect(similarity(vector as Float32Array, vector as Float32Array)).toBeCloseTo(1, 5);
    }
  });

  it('returns no vector for a movie that had none', async () => {
    const movies = [indexedMovie(1), { ...indexedMovie(2), vector: undefined }];
    const decoded = await decodeChunk(await encodeChunk(movies, dimensions));
    expect(decoded.map(({ vector }) => vector?.length)).toEqual([dimensions, undefined]);
    const withoutAny = await decodeChunk(await encodeChunk([{ ...indexedMovie(2), vector: undefined }], 0));
    expect(withoutAny[0]?.vector).toBeUndefined();
  });

  it('refuses a chunk with any byte changed, cut short, or of another format', async () => {
    const chunk = await encodeChunk([indexedMovie(1)], dimensions);
    for (let position = 0; position < chunk.length; position += 7) {
      const damaged = Buffer.from(chunk);
      damaged[position] = (damaged[position] as number) ^ 1;
      await expect(decodeChunk(damaged)).rejects.toThrow(UnreadableSnapshotError);
    }
    await expect(decodeChunk(chunk.subarray(0, -1))).rejects.toThrow('does not match its checksum');
    await expect(decodeChunk(Buffer.from('{}'))).rejects.toThrow('unknown format');
  });
});

describe(encodeSnapshot.name, () => {
  const snapshotOf = (movies: readonly IndexedMovie[]): IndexSnapshot => ({ ...description, movies });

  it('splits a large index into chunks of bounded size, in order', async () => {
    // Random text, which cannot be compressed.
    const movies = Array.from({ length: 900 }, (_, id) =>
      indexedMovie(id + 1, randomBytes(2_000).toString('hex').slice(0, 4_000)),
    );
    const encoded = await encodeSnapshot(snapshotOf(movies));
    expect(encoded.chunks.length).toBeGreaterThan(3);
    for (const chunk of encoded.chunks) expect(chunk.length).toBeLessThan(1_100_000);
    expect(encoded).toMatchObject({ ...description, movies: 900 });
    const decoded = await decodeSnapshot(encoded);
    expect(decoded.movies.map(({ movie }) => movie)).toEqual(movies.map(({ movie }) => movie));
  });

  it('encodes an empty index', async () => {
    const encoded = await encodeSnapshot(snapshotOf([]));
    expect(encoded.chunks).toEqual([]);
    expect((await decodeSnapshot(encoded)).movies).toEqual([]);
  });

  it('detects chunks of another snapshot, and chunks in another order', async () => {
    const chunks = [
      await encodeChunk([indexedMovie(1)], dimensions),
      await encodeChunk([indexedMovie(2)], dimensions),
    ];
    const snapshot = joinChunks(description, chunks);
    const hash = hashOfChunks(chunks);
    await expect(verifySnapshot(snapshot, hash)).resolves.toBeUndefined();
    const swapped = { ...snapshot, chunks: chunks.toReversed() };
    await expect(verifySnapshot(swapped, hash)).rejects.toThrow('do not belong together');
  });
});

describe(joinChunks.name, () => {
  it('counts movies and omits empty chunks', async () => {
    const chunks = [
      await encodeChunk([indexedMovie(1), indexedMovie(2)], dimensions),
      await encodeChunk([], dimensions),
      await encodeChunk([indexedMovie(3)], dimensions),
    ];
    const joined = joinChunks(description, chunks);
    expect(joined.movies).toBe(3);
    expect(joined.chunks.map(moviesInChunk)).toEqual([2, 1]);
  });
});

describe(parsePointer.name, () => {
  it('returns what describes the snapshot', async () => {
    const snapshot = await encodeSnapshot({ ...description, movies: [indexedMovie(1)] });
    const pointer = pointerTo(snapshot, 7);
    expect(parsePointer(JSON.stringify(pointer))).toEqual(pointer);
    expect(pointer).toMatchObject({ chunks: 1, movies: 1, fence: 7, bytes: snapshot.chunks[0]?.length });
    expect(toEncodedSnapshot(pointer, snapshot.chunks)).toEqual(snapshot);
  });

  it.each(['', 'not JSON', 'null', '{"version":"x"}', '{"format":2}'])('refuses %p', (json) => {
    expect(() => parsePointer(json)).toThrow(UnreadableSnapshotError);
  });
});
