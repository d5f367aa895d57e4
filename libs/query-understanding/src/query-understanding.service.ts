import { isDeepStrictEqual } from 'node:util';
import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { type CacheResult, Unstored } from '@app/cache';
import { Catalogue } from '@app/catalogue';
import { MarqueeConfig } from '@app/config';
import type { RedisBudget } from '@app/redis';
import { draw, type GraphDrawing } from './graph/drawing.js';
import type { Graph, StepReport } from './graph/graph.js';
import { LanguageModel } from './language-model/model.step.js';
import { QueryUnderstandingMetrics } from './query-understanding.metrics.js';
import { QueryUnderstandingRepository } from './query-understanding.repository.js';
import type { Values } from './steps/values.js';
import { factsSchema, QU_VERSION, type Understanding } from './understanding.js';
import { nameIndexes, understandingGraph } from './understanding-graph.js';
import { normalize } from './words/words.js';

/** Limits warnings to one per minute, regardless of the number of failures. */
const warnIntervalMs = 60_000;

/** Makes every step do some work. */
const warmUpQuery =
  'drei lustige korean comedys with tom hanks from the late 90s, under two hours, no gorre, 90 votes, $9 million budget, two countries';

/** Extracts facts from a viewer's words, from the cache or with the graph of steps. */
@Injectable()
export class QueryUnderstandingService implements OnApplicationBootstrap, OnApplicationShutdown {
  /** What the warm-up loads and compiles belongs to the process, not to an instance. */
  private static warmedUp: Promise<void> | undefined;
  readonly drawing: GraphDrawing;
  private readonly logger = new Logger('QueryUnderstanding');
  private readonly graph: Graph<Values>;
  /** The same steps without the model and the metrics. */
  private readonly rules: Graph<Values>;
  private readonly model: LanguageModel | undefined;
  private readonly shadowShare: number;
  private isShadowing = false;
  private warnedMs = -Infinity;

  constructor(
    catalogue: Catalogue,
    config: MarqueeConfig,
    private readonly repository: QueryUnderstandingRepository,
    private readonly metrics: QueryUnderstandingMetrics,
  ) {
    const { openAi, queryUnderstanding } = config;
    const now = (): Date => new Date();
    const onTokens = (tokens: number): void => repository.recordTokens(tokens);
    const { model } = queryUnderstanding;
    this.model = openAi && model ? new LanguageModel({ config, openAi, model, now, onTokens }) : undefined;
    this.shadowShare = queryUnderstanding.shadowShare;
    const onStep = (report: StepReport): void => this.onStep(report);
    const names = nameIndexes(catalogue.movies);
    this.graph = understandingGraph({ names, now, model: this.model?.step, onStep });
    this.rules = understandingGraph({ names, now });
    this.drawing = draw(this.graph.steps);
  }

  /** A human-readable description for the banner and logs. */
  get description(): string {
    return this.model?.description ?? 'rules (offline)';
  }

  /**
   * Returns the document for a query.
   *
   * @param refresh recomputes the document even if it is cached
   */
  async understand(budget: RedisBudget, query: string, refresh = false): Promise<CacheResult<Understanding>> {
    const create = async () => {
      const document = await this.createDocument(query);
      // Degraded documents must not be cached for a day.
      return document.degraded.length > 0 ? new Unstored(document) : document;
    };
    const answer = await this.repository.getOrCreate(normalize(query), create, { budget, refresh });
    if (isHit(answer) && Math.random() < this.shadowShare) void this.shadow(answer.value as Understanding);
    // The cached document may contain a differently typed query with the same normalized text.
    return { ...answer, value: { ...(answer.value as Understanding), query } };
  }

  async onApplicationBootstrap(): Promise<void> {
    QueryUnderstandingService.warmedUp ??= this.warmUp();
    await QueryUnderstandingService.warmedUp;
  }

  async onApplicationShutdown(): Promise<void> {
    await this.model?.close();
  }

  /**
   * Loads what the steps load at first use: word lists, language profiles, date patterns. Within a request, this would block
   * the event loop for longer than the time budget of a Redis call.
   */
  private async warmUp(): Promise<void> {
    try {
      // V8 compiles a pattern to machine code when it runs for the second time.
      for (let run = 0; run < 2; run++) await this.rules.run({ query: warmUpQuery });
    } catch (error) {
      this.logger.warn(`The warm-up query failed: ${(error as Error).message}`);
    }
  }

  private async createDocument(query: string): Promise<Understanding> {
    const { results, degraded } = await this.graph.run({ query });
    return {
      version: QU_VERSION,
      query,
      normalized: results.normalize.normalized,
      language: results.language,
      ...results.facts,
      degraded: [...degraded],
    };
  }

  /** Recomputes a cached document and counts the fields that differ. Runs one at a time, in the background. */
  private async shadow(cached: Understanding): Promise<void> {
    if (this.isShadowing) return;
    this.isShadowing = true;
    try {
      const recomputed = await this.createDocument(cached.query);
      if (recomputed.degraded.length > 0) return;
      const fields = Object.keys(factsSchema.shape) as (keyof Understanding)[];
      this.metrics.recordShadowRun(
        fields.filter((field) => !isDeepStrictEqual(recomputed[field], cached[field])),
      );
    } catch (error) {
      this.logger.warn(`Shadow run failed: ${(error as Error).message}`);
    } finally {
      this.isShadowing = false;
    }
  }

  private onStep(report: StepReport): void {
    this.metrics.recordStep(report);
    if (report.outcome === 'ok' || performance.now() - this.warnedMs < warnIntervalMs) return;
    this.warnedMs = performance.now();
    this.logger.warn(
      `Step "${report.step}" ${report.outcome}: ${report.error?.message ?? ''}. Continuing without its result.`,
    );
  }
}

const isHit = ({ outcome }: CacheResult<unknown>): boolean =>
  outcome === 'local_hit' || outcome === 'redis_hit';
