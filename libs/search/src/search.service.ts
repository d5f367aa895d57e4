import { Inject, Injectable } from '@nestjs/common';
import { type CacheResult, Unstored } from '@app/cache';
import { MarqueeConfig } from '@app/config';
import { EmbeddingsService } from '@app/embeddings';
import { normalize, QueryUnderstandingService, type Understanding } from '@app/query-understanding';
import type { RedisBudget } from '@app/redis';
import { TrendingService } from '@app/trending';
import { decodeCursor, encodeCursor } from './cursor.js';
import { ExplainedPages, type SearchResult } from './explained-pages.js';
import { type IndexStats, MOVIE_INDEX, type MovieIndex, type Suggestion } from './movie-index/movie-index.js';
import { type FacetName, type Facets } from './pipeline/facets.js';
import { type SearchFeatures, SearchPipeline } from './pipeline/search-pipeline.js';
import { planSearch, planSimilar, type Relaxation, type SearchPlan } from './pipeline/search-plan.js';
import type { SearchFilters, SearchSubject } from './pipeline/search-request.js';
import { StageTimer, type StageTiming } from './pipeline/stage-timer.js';
import { reasonsFor } from './pipeline/why.js';
import type { Degradation, RankedAnswer, RankedHit } from './ranked-answer.js';
import { SearchMetrics } from './search.metrics.js';
import { hashOf, SearchRepository } from './search.repository.js';

/** Results per page if neither the request nor the words name a number. */
const defaultLimit = 20;

export interface PageRequest {
  readonly limit?: number | undefined;
  readonly cursor?: string | undefined;
}

export interface SearchRequest extends PageRequest {
  readonly query: string;
  readonly filters?: SearchFilters | undefined;
  /** Movies that the viewer has seen or does not want. */
  readonly exclude?: readonly number[] | undefined;
  readonly facets?: readonly FacetName[] | undefined;
}

export type { SearchResult };

/** One page of what was found. */
export interface SearchPage {
  /** Null for movies similar to a movie. */
  readonly understanding: Understanding | null;
  readonly total: number;
  readonly results: readonly SearchResult[];
  readonly facets: Facets;
  readonly relaxed: readonly Relaxation[];
  readonly degraded: readonly Degradation[];
  readonly nextCursor: string | null;
  readonly index: IndexStats;
  readonly cache: CacheResult<RankedAnswer>;
  /** The stages that ran for this request; without those of a cached answer. */
  readonly timings: readonly StageTiming[];
}

/** Finds movies for a viewer's words, or movies similar to a movie, and says why. */
@Injectable()
export class SearchService {
  private readonly embedTimeoutMs: number;
  private readonly pages = new ExplainedPages();

  constructor(
    @Inject(MOVIE_INDEX) private readonly index: MovieIndex,
    private readonly repository: SearchRepository,
    private readonly understanding: QueryUnderstandingService,
    private readonly embeddings: EmbeddingsService,
    private readonly trending: TrendingService,
    private readonly metrics: SearchMetrics,
    config: MarqueeConfig,
  ) {
    this.embedTimeoutMs = config.search.embedTimeoutMs;
  }

  /**
   * Returns a page of the movies that match the words and the filters, best first.
   *
   * @throws InvalidCursorError for a cursor of another request, IndexNotLoadedError if there is no index yet
   */
  search(budget: RedisBudget, request: SearchRequest, refresh = false): Promise<SearchPage> {
    const { query, filters = {}, exclude = [], facets = [] } = request;
    return this.page(budget, { kind: 'words', query, filters, exclude }, { ...request, facets, refresh });
  }

  /**
   * Returns a page of the movies that are similar to a movie, most similar first; null if the index has no such movie.
   *
   * @throws InvalidCursorError for a cursor of another request, IndexNotLoadedError if there is no index yet
   */
  async similar(
    budget: RedisBudget,
    movieId: number,
    request: PageRequest & { readonly exclude?: readonly number[] | undefined },
  ): Promise<SearchPage | null> {
    const [movie] = await this.index.get([movieId]);
    if (!movie) return null;
    const subject: SearchSubject = { kind: 'similar', movieId, exclude: request.exclude ?? [] };
    return this.page(budget, subject, { ...request, facets: [], refresh: false });
  }

  /** Returns titles and people that complete a prefix, the best known first. */
  suggest(prefix: string, limit: number): Promise<readonly Suggestion[]> {
    return this.index.suggest(prefix, limit);
  }

  private async page(
    budget: RedisBudget,
    subject: SearchSubject,
    request: PageRequest & { readonly facets: readonly FacetName[]; readonly refresh: boolean },
  ): Promise<SearchPage> {
    const hash = hashOf(withoutSpelling(subject));
    const offset = request.cursor === undefined ? 0 : decodeCursor(request.cursor, hash);
    const timer = new StageTimer();
    const index = await this.index.stats();
    const cache = await this.repository.getOrLoad(
      { indexVersion: index.version, subject, hash },
      () => this.load(budget, subject, index, timer),
      { budget, refresh: request.refresh },
    );
    const answer = cache.value as RankedAnswer;
    const limit = request.limit ?? answer.understanding?.limit ?? defaultLimit;
    const hits = answer.hits.slice(offset, offset + limit);
    const results = await timer.measure('explain', () =>
      this.pages.getOrCreate(answer, hits, () => this.explain(subject, answer, hits)),
    );
    const end = offset + hits.length;
    return {
      understanding: understandingOf(subject, answer),
      total: answer.total,
      results,
      facets: Object.fromEntries(request.facets.map((name) => [name, answer.facets[name] ?? []])),
      relaxed: answer.relaxed,
      degraded: answer.degraded,
      nextCursor: end < answer.hits.length ? encodeCursor(hash, end) : null,
      index,
      cache,
      timings: timer.timings,
    };
  }

  private async load(
    budget: RedisBudget,
    subject: SearchSubject,
    { model }: IndexStats,
    timer: StageTimer,
  ): Promise<RankedAnswer | Unstored<RankedAnswer>> {
    const features = this.featuresFor(budget, model);
    const { index, embedTimeoutMs } = this;
    const answer = await new SearchPipeline(index, features, { embedTimeoutMs }, timer).run(subject);
    this.metrics.record(answer, timer.timings);
    // The next request may get a better answer.
    return answer.degraded.length > 0 ? new Unstored(answer) : answer;
  }

  private featuresFor(budget: RedisBudget, model: string | undefined): SearchFeatures {
    return {
      understand: async (query) => {
        const { value } = await this.understanding.understand(budget, query);
        return value as Understanding;
      },
      embed: async (text) => {
        const served = this.embeddings.models[0]?.id;
        if (model === undefined || served !== model) return undefined;
        const { vectors } = await this.embeddings.embed(budget, {
          model,
          inputs: [text],
          dimensions: undefined,
        });
        return vectors[0];
      },
      trending: async () => {
        const trending = await this.trending.get(budget);
        return (id) => trending.rankOf(id);
      },
    };
  }

  private async explain(
    subject: SearchSubject,
    answer: RankedAnswer,
    hits: readonly RankedHit[],
  ): Promise<SearchResult[]> {
    const movies = new Map(
      (await this.index.get(hits.map(({ id }) => id))).map((movie) => [movie.id, movie]),
    );
    const plan = planOf(subject, answer);
    return hits.flatMap((hit) => {
      const movie = movies.get(hit.id);
      // The index was replaced after the answer was cached, and the movie is gone.
      if (!movie) return [];
      return [{ movie, hit, reasons: reasonsFor(movie, hit, plan, answer.references) }];
    });
  }
}

/** Queries that differ only in case and white space share an answer. */
function withoutSpelling(subject: SearchSubject): SearchSubject {
  if (subject.kind === 'similar') return subject;
  return { ...subject, query: normalize(subject.query) };
}

/** The cached document may contain a differently typed query with the same normalized text. */
function understandingOf(subject: SearchSubject, { understanding }: RankedAnswer): Understanding | null {
  return understanding && subject.kind === 'words'
    ? { ...understanding, query: subject.query }
    : understanding;
}

function planOf(subject: SearchSubject, { understanding, references }: RankedAnswer): SearchPlan {
  const excluded = new Set(subject.exclude);
  if (subject.kind === 'similar' || !understanding)
    return { ...planSimilar([], excluded), references: [...references] };
  return planSearch(understanding, subject.filters, excluded);
}
