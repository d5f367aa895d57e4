import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Inject, Injectable } from '@nestjs/common';
import { embeddingTexts, type Movie } from '@app/catalogue';
import { MarqueeConfig } from '@app/config';
import { TMDB_CRAWLER, type TmdbCrawler } from '@app/tmdb';
import type { IndexedMovie, IndexSource } from '../movie-index/movie-index.js';
import { decodeSnapshot, type EncodedSnapshot, encodeSnapshot } from '../snapshot/encoded-snapshot.js';
import { dimensionsOfChunk, encodeChunk } from '../snapshot/snapshot-chunk.js';
import { CatalogueSource } from '../sources/catalogue.source.js';
import { toIndexMovie } from '../sources/tmdb-movie.js';
import { BuildRepository } from './build.repository.js';
import { type ActivityReport, IndexActivity } from './index-activity.js';
import { type Builder, IndexPublisher, newSnapshot } from './index-publisher.js';
import { IndexingRepository } from './indexing.repository.js';
import { MovieEmbedder } from './movie-embedder.js';
import { SnapshotFollower } from './snapshot-follower.js';

/** What a worker that is killed has to do again. */
const moviesPerBatch = 100;
/** Trending and popular movies, of which some have few votes yet. */
const moviesPerList = 200;
const lists = ['/trending/movie/day', '/trending/movie/week', '/movie/popular'] as const;
/** Shorter than the default, so that another worker soon continues the build of one that was killed. */
export const BUILD_LOCK_TTL_MS = 10_000;
const dayMs = 86_400_000;
/** TMDB lists the changes of 14 days. */
const maxUpdateAgeMs = 13 * dayMs;

/** An index that can be published. */
interface Built {
  readonly snapshot: EncodedSnapshot;
  /** Deletes what was stored to continue the build. */
  readonly finish: () => Promise<void>;
}

/** What the worker has to do so that the index is as configured; undefined if it is. */
export type IndexTask = 'tmdb' | 'catalogue' | 'embed' | undefined;

/** Builds the index in the worker, from TMDB or the bundled catalogue, and keeps an index from TMDB up to date. */
@Injectable()
export class IndexBuilder {
  constructor(
    private readonly publisher: IndexPublisher,
    private readonly follower: SnapshotFollower,
    private readonly repository: IndexingRepository,
    private readonly builds: BuildRepository,
    private readonly embedder: MovieEmbedder,
    private readonly activity: IndexActivity,
    private readonly catalogue: CatalogueSource,
    @Inject(TMDB_CRAWLER) private readonly crawler: TmdbCrawler | undefined,
    private readonly config: MarqueeConfig,
  ) {}

  /** Decides what to do. An import stays until an operator requests a rebuild. */
  async task(): Promise<IndexTask> {
    const configured = this.crawler ? 'tmdb' : 'catalogue';
    if ((await this.repository.requestedAt()) !== undefined) return configured;
    const { current } = this.follower;
    const { model } = this.embedder;
    if (!current) return this.crawler || this.catalogue.model !== model ? configured : undefined;
    const isOutdated =
      current.source === 'catalogue' && (this.crawler || !current.version.includes(this.catalogue.hash));
    if (isOutdated) return configured;
    return current.model === model ? undefined : 'embed';
  }

  /**
   * Does what is to be done, or otherwise updates an index from TMDB. Returns a summary for the log.
   *
   * @throws UpstreamError, IndexNotPublishedError, IndexSupersededError, what `withLock` throws, and the signal's reason
   */
  async run(signal: AbortSignal): Promise<string> {
    const task = await this.task();
    const { current } = this.follower;
    if (!task && !(this.crawler && current?.source === 'tmdb')) return 'nothing to do';
    return this.publisher.asOnlyBuilder(
      (builder) =>
        this.activity.record(task ? 'build' : 'update', async (report) => {
          const { snapshot, finish } = await this.build(task, current, builder, report);
          report.progressed('publishing', snapshot.movies, snapshot.movies);
          await builder.publish(snapshot);
          await this.repository.deleteRequest();
          await finish();
          return `published ${snapshot.movies} movies from "${snapshot.source}"`;
        }),
      { signal, ttlMs: BUILD_LOCK_TTL_MS },
    );
  }

  private build(
    task: IndexTask,
    current: EncodedSnapshot | undefined,
    builder: Builder,
    report: ActivityReport,
  ): Promise<Built> {
    const isTooOld = current && Date.now() - current.updatedAt.getTime() > maxUpdateAgeMs;
    if (this.crawler && (task === 'tmdb' || (!task && isTooOld)))
      return this.fromTmdb(this.crawler, builder, report);
    if (task === 'catalogue' || !current) return this.fromCatalogue(builder, report);
    if (task === 'embed' || !this.crawler) return this.embedAgain(current, builder, report);
    return this.updated(this.crawler, current, builder, report);
  }

  private async fromTmdb(crawler: TmdbCrawler, builder: Builder, report: ActivityReport): Promise<Built> {
    const { indexSize } = this.config.search;
    const build = await this.buildId('tmdb', `${indexSize}`);
    const ids = (await this.builds.ids(build)) ?? (await this.listIds(crawler, indexSize, builder, report));
    await this.builds.writeIds(build, ids);
    return this.inBatches(build, 'tmdb', ids, builder, report, async (part) => {
      const details = await Promise.all(part.map((id) => crawler.details(id)));
      return this.embedder.embed(details.flatMap((each) => toIndexMovie(each) ?? []));
    });
  }

  private async listIds(
    crawler: TmdbCrawler,
    size: number,
    { signal }: Builder,
    report: ActivityReport,
  ): Promise<number[]> {
    const mostVoted = await crawler.mostVoted(size, signal, (ids) => report.progressed('reading', ids, 0));
    const ids = new Set(mostVoted);
    for (const list of lists) for (const id of await crawler.listed(list, moviesPerList)) ids.add(id);
    return [...ids];
  }

  private async fromCatalogue(builder: Builder, report: ActivityReport): Promise<Built> {
    const bundled = this.catalogue.snapshot();
    const name = `catalogue-${this.catalogue.hash}`;
    if (bundled.model === this.embedder.model) {
      const { chunks } = await encodeSnapshot(bundled);
      return withNothingStored(newSnapshot('catalogue', bundled, chunks, name));
    }
    const movies = bundled.movies.map(({ movie }) => movie);
    const build = await this.buildId('catalogue', this.catalogue.hash);
    const { snapshot, finish } = await this.inBatches(build, 'catalogue', movies, builder, report, (part) =>
      this.embedder.embed(part),
    );
    return { snapshot: newSnapshot('catalogue', snapshot, snapshot.chunks, name), finish };
  }

  /** Creates the vectors of the current movies in the configured model. */
  private async embedAgain(
    current: EncodedSnapshot,
    builder: Builder,
    report: ActivityReport,
  ): Promise<Built> {
    const movies = (await decodeSnapshot(current)).movies.map(({ movie }) => movie);
    const build = await this.buildId('embed', current.version);
    return this.inBatches(build, current.source, movies, builder, report, (part) =>
      this.embedder.embed(part),
    );
  }

  /** Reads the movies that TMDB lists as changed since the last update, and those that trend and are not in the index. */
  private async updated(
    crawler: TmdbCrawler,
    current: EncodedSnapshot,
    { signal }: Builder,
    report: ActivityReport,
  ): Promise<Built> {
    const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
    const changed = await crawler.changed(dayOf(current.updatedAt.getTime()), dayOf(Date.now()));
    const movies = new Map((await decodeSnapshot(current)).movies.map((each) => [each.movie.id, each]));
    const wanted = new Set([...changed].filter((id) => movies.has(id)));
    for (const list of lists)
      for (const id of await crawler.listed(list, moviesPerList)) if (!movies.has(id)) wanted.add(id);
    const ids = [...wanted];
    for (let start = 0; start < ids.length; start += moviesPerBatch) {
      signal.throwIfAborted();
      report.progressed('reading', start, ids.length);
      const part = ids.slice(start, start + moviesPerBatch);
      const details = await Promise.all(part.map((id) => crawler.details(id)));
      const found = details.flatMap((each) => toIndexMovie(each) ?? []);
      for (const id of part) if (!found.some((movie) => movie.id === id)) movies.delete(id);
      for (const each of await this.withVectors(found, movies)) movies.set(each.movie.id, each);
    }
    const space = { model: current.model, dimensions: current.dimensions };
    const { chunks } = await encodeSnapshot({ ...current, ...space, movies: [...movies.values()] });
    return withNothingStored(newSnapshot('tmdb', space, chunks));
  }

  /** Creates the vectors of movies whose texts have changed. */
  private async withVectors(
    found: readonly Movie[],
    known: ReadonlyMap<number, IndexedMovie>,
  ): Promise<IndexedMovie[]> {
    const isSame = (movie: Movie): boolean => {
      const before = known.get(movie.id);
      return before !== undefined && isDeepStrictEqual(embeddingTexts(before.movie), embeddingTexts(movie));
    };
    const same = found.filter(isSame).map((movie) => ({ movie, vector: known.get(movie.id)?.vector }));
    return [...same, ...(await this.embedder.embed(found.filter((movie) => !isSame(movie))))];
  }

  /** Builds batch by batch, and continues where a worker that was killed has stopped. */
  private async inBatches<Item>(
    build: string,
    source: IndexSource,
    items: readonly Item[],
    { signal }: Builder,
    report: ActivityReport,
    produce: (part: readonly Item[]) => Promise<readonly IndexedMovie[]>,
  ): Promise<Built> {
    const chunks: Buffer[] = [];
    for (let start = 0; start < items.length; start += moviesPerBatch) {
      signal.throwIfAborted();
      report.progressed('embedding', start, items.length);
      const batch = chunks.length;
      const finished = await this.builds.batch(build, batch);
      if (finished) chunks.push(finished);
      else {
        const movies = await produce(items.slice(start, start + moviesPerBatch));
        const chunk = await encodeChunk(movies, movies[0]?.vector?.length ?? 0);
        await this.builds.writeBatch(build, batch, chunk);
        chunks.push(chunk);
      }
    }
    const dimensions = Math.max(0, ...chunks.map(dimensionsOfChunk));
    const snapshot = newSnapshot(source, { model: this.embedder.model, dimensions }, chunks);
    return { snapshot, finish: () => this.builds.delete(build, chunks.length) };
  }

  /** Returns the same id when the same build is continued, and another one after the next request for a rebuild. */
  private async buildId(...parts: string[]): Promise<string> {
    await this.repository.request();
    const requestedAt = (await this.repository.requestedAt()) ?? '';
    const identity = JSON.stringify([...parts, this.embedder.model, requestedAt]);
    return createHash('sha256').update(identity).digest('hex').slice(0, 16);
  }
}

const withNothingStored = (snapshot: EncodedSnapshot): Built => ({
  snapshot,
  finish: () => Promise.resolve(),
});
