import { Catalogue, CatalogueVectors, type Movie } from '@app/catalogue';
import { LocalEmbeddingsProvider } from '@app/embeddings';
import { nameIndexes, QU_VERSION, type Understanding, understandingGraph } from '@app/query-understanding';
import {
  InProcessMovieIndex,
  type RankedAnswer,
  SearchPipeline,
  StageTimer,
  unconstrained,
} from '@app/search';

/** The current time for the queries: "last year" is 2025. */
const now = (): Date => new Date('2026-11-21T12:00:00Z');

export const variants = ['search', 'words alone', 'vectors alone'] as const;
export type Variant = (typeof variants)[number];

export interface Found {
  readonly movies: readonly Movie[];
  readonly answer?: RankedAnswer;
}

/** Searches the bundled catalogue as the API does, and with one retrieval alone for comparison. */
export class Searcher {
  private readonly catalogue = new Catalogue();
  private readonly index = new InProcessMovieIndex();
  private readonly provider = new LocalEmbeddingsProvider({ warmsUp: false });
  private readonly graph = understandingGraph({ names: nameIndexes(this.catalogue.movies), now });

  async start(): Promise<void> {
    const { model, dimensions, values } = new CatalogueVectors(this.catalogue).read();
    const movies = this.catalogue.movies.map((movie, row) => ({
      movie,
      vector: values.subarray(row * dimensions, (row + 1) * dimensions),
    }));
    const description = {
      version: 'eval',
      source: 'catalogue',
      updatedAt: now(),
      model,
      dimensions,
    } as const;
    await this.index.replace({ ...description, movies });
  }

  async find(variant: Variant, query: string): Promise<Found> {
    if (variant === 'search') return this.search(query);
    const { candidates } = await this.index.search({
      constraints: unconstrained,
      titles: [],
      words: variant === 'words alone' ? query : '',
      vector: variant === 'vectors alone' ? await this.embed(query) : undefined,
      depth: 10,
    });
    const rankOf = ({ words, meaning }: (typeof candidates)[number]): number =>
      (variant === 'words alone' ? words : meaning)?.rank ?? Infinity;
    const movies = candidates
      .filter((candidate) => rankOf(candidate) < Infinity)
      .toSorted((a, b) => rankOf(a) - rankOf(b))
      .map(({ movie }) => movie);
    return { movies };
  }

  async stop(): Promise<void> {
    await this.provider.onApplicationShutdown();
  }

  private async search(query: string): Promise<Found> {
    const features = {
      understand: (text: string) => this.understand(text),
      embed: (text: string) => this.embed(text),
      trending: async () => () => undefined,
    };
    const timer = new StageTimer();
    const pipeline = new SearchPipeline(this.index, features, { embedTimeoutMs: 60_000 }, timer);
    const answer = await pipeline.run({ kind: 'words', query, filters: {}, exclude: [] });
    return { movies: await this.index.get(answer.hits.slice(0, 10).map(({ id }) => id)), answer };
  }

  private async understand(query: string): Promise<Understanding> {
    const { results } = await this.graph.run({ query });
    const { normalize, language, facts } = results;
    return { version: QU_VERSION, query, normalized: normalize.normalized, language, ...facts, degraded: [] };
  }

  private async embed(text: string): Promise<Float32Array> {
    const { vectors } = await this.provider.embed({
      model: '',
      inputs: [text],
      dimensions: undefined,
      expectedDimensions: undefined,
    });
    return vectors[0] as Float32Array;
  }
}
