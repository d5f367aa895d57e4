import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { embeddingTexts, type Movie } from '@app/catalogue';
import { LockHeldError, LockUnavailableError } from '@app/locks';
import { type IndexedMovie, MOVIE_INDEX, type MovieIndex } from '../movie-index/movie-index.js';
import { decodeSnapshot, type EncodedSnapshot, encodeSnapshot } from '../snapshot/encoded-snapshot.js';
import { EmptyImportError, InvalidImportError, type LineFault } from '../sources/import.errors.js';
import { type MovieFile, readMovieFile } from '../sources/movie-file.js';
import { type ActivityReport, IndexActivity } from './index-activity.js';
import { type Builder, IndexPublisher, newSnapshot } from './index-publisher.js';
import { MovieEmbedder } from './movie-embedder.js';
import { SnapshotFollower } from './snapshot-follower.js';

/** Few enough that a search does not wait long for the vector of its words. */
const moviesPerStep = 32;

export interface ImportOptions {
  /** Imports the valid lines of a file that has invalid ones. */
  readonly partial: boolean;
  /** Aborts the import before it is published. */
  readonly signal: AbortSignal;
  /** Reports progress after the whole file was read and found valid. */
  readonly onProgress?: (progress: ImportProgress) => void;
}

export interface ImportProgress {
  readonly stage: 'embedding' | 'publishing';
  readonly done: number;
  readonly total: number;
}

export interface ImportResult {
  readonly version: string;
  readonly movies: number;
  /** The number of invalid lines, which were skipped. */
  readonly skipped: number;
  /** What is wrong with the first of them. */
  readonly faults: readonly LineFault[];
  /** The number of movies whose vectors were created; the others were in the index before, with the same texts. */
  readonly embedded: number;
  /** False if Redis is unavailable: until it is, only this process has the index. */
  readonly published: boolean;
}

/**
 * Replaces the index with the movies of an operator's file. It runs in the process that receives the file, so it needs
 * neither a worker nor Redis.
 */
@Injectable()
export class IndexImporter {
  private readonly logger = new Logger('Index');
  private isImporting = false;

  constructor(
    @Inject(MOVIE_INDEX) private readonly index: MovieIndex,
    private readonly publisher: IndexPublisher,
    private readonly follower: SnapshotFollower,
    private readonly embedder: MovieEmbedder,
    private readonly activity: IndexActivity,
  ) {}

  /**
   * Imports movies, all or none.
   *
   * @param source NDJSON, one movie per line
   * @throws LockHeldError while another import or a build runs, InvalidImportError, EmptyImportError, ImportTooLargeError,
   * IndexNotPublishedError, IndexSupersededError, and the errors of embeddings and of the source
   */
  async import(source: AsyncIterable<Buffer>, options: ImportOptions): Promise<ImportResult> {
    if (this.isImporting) throw new LockHeldError('index', 1_000);
    this.isImporting = true;
    try {
      return await this.importAlone(source, options);
    } finally {
      this.isImporting = false;
    }
  }

  private async importAlone(source: AsyncIterable<Buffer>, options: ImportOptions): Promise<ImportResult> {
    const run = (builder: Builder | undefined) =>
      this.activity.record('import', (report) => this.run(source, options, report, builder));
    try {
      return await this.publisher.asOnlyBuilder(run, { signal: options.signal });
    } catch (error) {
      // Nothing has been read yet.
      if (error instanceof LockUnavailableError) return run(undefined);
      throw error;
    }
  }

  private async run(
    source: AsyncIterable<Buffer>,
    options: ImportOptions,
    report: ActivityReport,
    builder: Builder | undefined,
  ): Promise<ImportResult> {
    const signal = builder?.signal ?? options.signal;
    const file = await readMovieFile(source, (movies) => report.progressed('reading', movies, 0));
    refuseInvalid(file, options.partial);
    const progressed = (progress: ImportProgress): void => {
      report.progressed(progress.stage, progress.done, progress.total);
      options.onProgress?.(progress);
    };
    const known = await this.withKnownVectors(file.movies);
    const movies = await this.withVectors(known, signal, progressed);
    progressed({ stage: 'publishing', done: movies.length, total: movies.length });
    const snapshot = await this.encode(movies);
    signal.throwIfAborted();
    await this.apply(snapshot, builder);
    return {
      version: snapshot.version,
      movies: snapshot.movies,
      skipped: file.invalidLines,
      faults: file.faults,
      embedded: known.filter(({ vector }) => !vector).length,
      published: builder !== undefined,
    };
  }

  /** Publishes the snapshot, and loads it into this process. */
  private async apply(snapshot: EncodedSnapshot, builder: Builder | undefined): Promise<void> {
    if (builder) await builder.publish(snapshot);
    else {
      this.follower.publishLater(snapshot);
      this.logger.warn(`Redis is unavailable: only this process has version ${snapshot.version}`);
    }
    // Not the original vectors, so that all processes have the same.
    await this.index.replace(await decodeSnapshot(snapshot));
  }

  /** Adds the vectors of movies that are in the index with the same texts. */
  private async withKnownVectors(movies: readonly Movie[]): Promise<IndexedMovie[]> {
    const { model } = await this.index.stats();
    if (model !== this.embedder.model) return movies.map((movie) => ({ movie, vector: undefined }));
    const current = await this.index.get(movies.map(({ id }) => id));
    const byId = new Map(current.map((movie) => [movie.id, movie]));
    return Promise.all(
      movies.map(async (movie) => {
        const known = byId.get(movie.id);
        const isSame = known && isDeepStrictEqual(embeddingTexts(known), embeddingTexts(movie));
        return { movie, vector: isSame ? await this.index.vectorOf(movie.id) : undefined };
      }),
    );
  }

  /** Creates the missing vectors. */
  private async withVectors(
    movies: readonly IndexedMovie[],
    signal: AbortSignal,
    onProgress: (progress: ImportProgress) => void,
  ): Promise<IndexedMovie[]> {
    const missing = movies.filter(({ vector }) => !vector).map(({ movie }) => movie);
    const created = new Map<number, Float32Array | undefined>();
    for (let start = 0; start < missing.length; start += moviesPerStep) {
      signal.throwIfAborted();
      onProgress({ stage: 'embedding', done: start, total: missing.length });
      const step = missing.slice(start, start + moviesPerStep);
      for (const { movie, vector } of await this.embedder.embed(step)) created.set(movie.id, vector);
    }
    return movies.map(({ movie, vector }) => ({ movie, vector: vector ?? created.get(movie.id) }));
  }

  private async encode(movies: readonly IndexedMovie[]): Promise<EncodedSnapshot> {
    const space = { model: this.embedder.model, dimensions: movies[0]?.vector?.length ?? 0 };
    const unnamed = { version: '', source: 'import', updatedAt: new Date(), ...space } as const;
    const { chunks } = await encodeSnapshot({ ...unnamed, movies });
    return newSnapshot('import', space, chunks);
  }
}

function refuseInvalid(file: MovieFile, partial: boolean): void {
  const isEmpty = file.movies.length === 0;
  if (file.invalidLines > 0 && (!partial || isEmpty)) throw new InvalidImportError(file);
  if (isEmpty) throw new EmptyImportError();
}
