import { z } from 'zod';
import { indexSources } from '../movie-index/movie-index.js';
import { type EncodedSnapshot, hashOfChunks } from './encoded-snapshot.js';
import { UnreadableSnapshotError } from './snapshot.errors.js';

/** Increment it when the format of the pointer or of the chunks changes: processes of another format ignore the snapshot. */
const format = 1;

const pointerSchema = z.object({
  format: z.literal(format),
  /** Part of the keys of the chunks. */
  version: z.string().regex(/^[a-z0-9-]{1,100}$/),
  chunks: z.int().nonnegative().max(100_000),
  bytes: z.int().nonnegative(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  source: z.enum(indexSources),
  model: z.string().nullable(),
  dimensions: z.int().nonnegative().max(65_536),
  movies: z.int().nonnegative(),
  updatedAt: z.iso.datetime(),
  /** Higher than that of every index published before. */
  fence: z.int().nonnegative(),
});

/** Names the current snapshot and describes it. */
export type SnapshotPointer = Readonly<z.infer<typeof pointerSchema>>;

export function pointerTo(snapshot: EncodedSnapshot, fence: number): SnapshotPointer {
  const { chunks, version, source, model = null, dimensions, movies, updatedAt } = snapshot;
  return {
    format,
    version,
    chunks: chunks.length,
    bytes: chunks.reduce((sum, chunk) => sum + chunk.length, 0),
    sha256: hashOfChunks(chunks),
    source,
    model,
    dimensions,
    movies,
    updatedAt: updatedAt.toISOString(),
    fence,
  };
}

/** @throws UnreadableSnapshotError if another program, or another version of Marquee, wrote it */
export function parsePointer(json: string): SnapshotPointer {
  try {
    return pointerSchema.parse(JSON.parse(json));
  } catch (error) {
    throw new UnreadableSnapshotError('its pointer has an unknown format', { cause: error });
  }
}

export function toEncodedSnapshot(
  { version, source, updatedAt, model, dimensions, movies }: SnapshotPointer,
  chunks: readonly Buffer[],
): EncodedSnapshot {
  return {
    version,
    source,
    updatedAt: new Date(updatedAt),
    model: model ?? undefined,
    dimensions,
    movies,
    chunks,
  };
}
