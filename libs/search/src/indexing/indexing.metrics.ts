import { Injectable } from '@nestjs/common';
import { Counter, Gauge, Registry } from 'prom-client';
import type { IndexDescription } from '../movie-index/movie-index.js';

export type IndexOutcome = 'success' | 'failure';

/** Prometheus metrics of the index, and of how it is built, published and loaded. */
@Injectable()
export class IndexingMetrics {
  private readonly movies: Gauge;
  private readonly updated: Gauge<'source'>;
  private readonly loads: Counter<'outcome'>;
  private readonly publications: Counter<'outcome'>;
  private readonly restorations: Counter;
  private readonly builds: Counter<'outcome'>;
  private readonly progress: Gauge;

  constructor(registry: Registry) {
    const registers = [registry];
    this.movies = new Gauge({
      name: 'marquee_index_movies',
      help: 'Movies in the index of this process; in the worker, in the published index',
      registers,
    });
    this.updated = new Gauge({
      name: 'marquee_index_updated_timestamp_seconds',
      help: 'When the contents of the index were last updated, by source',
      labelNames: ['source'],
      registers,
    });
    this.loads = new Counter({
      name: 'marquee_index_loads_total',
      help: 'Snapshots of the index that this process read from Redis, by outcome; it keeps its index after a failure',
      labelNames: ['outcome'],
      registers,
    });
    this.publications = new Counter({
      name: 'marquee_index_publications_total',
      help: 'Attempts of this process to publish an index, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.restorations = new Counter({
      name: 'marquee_index_restorations_total',
      help: 'Indexes that Redis had lost and this process published again',
      registers,
    });
    this.builds = new Counter({
      name: 'marquee_index_builds_total',
      help: 'Builds, updates and imports of the index in this process, by outcome',
      labelNames: ['outcome'],
      registers,
    });
    this.progress = new Gauge({
      name: 'marquee_index_build_progress_ratio',
      help: 'Progress of the build or import in this process, from 0 to 1; 1 if none is running',
      registers,
    });
    this.progress.set(1);
  }

  /** Records the index that this process has. */
  holds({ source, updatedAt }: IndexDescription, movies: number): void {
    this.movies.set(movies);
    this.updated.reset();
    this.updated.set({ source }, updatedAt.getTime() / 1000);
  }

  loaded(outcome: IndexOutcome): void {
    this.loads.inc({ outcome });
  }

  published(outcome: IndexOutcome): void {
    this.publications.inc({ outcome });
  }

  restored(): void {
    this.restorations.inc();
  }

  progressed(done: number, total: number): void {
    this.progress.set(total > 0 ? done / total : 0);
  }

  built(outcome: IndexOutcome): void {
    this.builds.inc({ outcome });
    this.progress.set(1);
  }
}
