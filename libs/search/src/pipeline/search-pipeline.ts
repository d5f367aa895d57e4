import { withTimeout } from '@app/async';
import type { Movie } from '@app/catalogue';
import type { Understanding } from '@app/query-understanding';
import { type Constraints, unconstrained } from '../movie-index/constraints.js';
import type { Candidate, IndexAnswer, MovieIndex } from '../movie-index/movie-index.js';
import type { Degradation, RankedAnswer, RankedHit } from '../ranked-answer.js';
import { cutOff } from './cut-off.js';
import { countFacets, facetNames } from './facets.js';
import { rank, type Ranked } from './rank.js';
import {
  planSearch,
  planSimilar,
  relax,
  relaxable,
  type Relaxation,
  relaxations,
  type SearchPlan,
} from './search-plan.js';
import type { SearchSubject } from './search-request.js';
import type { StageTimer } from './stage-timer.js';
import { understandNothing } from './understand-nothing.js';

/** What the pipeline calls, bound to one request. */
export interface SearchFeatures {
  understand(query: string): Promise<Understanding>;
  /** Returns a vector of unit length. Undefined if the model is not the one of the index. */
  embed(text: string): Promise<Float32Array | undefined>;
  /** Returns the rank of each trending movie, starting at 1. */
  trending(): Promise<(id: number) => number | undefined>;
}

export interface PipelineOptions {
  /** How long a search waits for the vector of its words. */
  readonly embedTimeoutMs: number;
}

/** Maximum number of movies from each retrieval, for words that describe something. */
const maxDepth = 200;
/** Maximum number of movies in an answer. */
export const maxHits = 1_000;
/** With fewer results, the softest constraint is dropped. */
const minResults = 3;
/** A title this similar names the movie. */
const minTitleSimilarity = 0.8;

/**
 * Finds and ranks movies: understand, embed, retrieve, rank, relax, cut off. Each stage may fail without failing the search;
 * the answer lists in `degraded` what is missing. Only the index is required.
 */
export class SearchPipeline {
  constructor(
    private readonly index: MovieIndex,
    private readonly features: SearchFeatures,
    private readonly options: PipelineOptions,
    private readonly timer: StageTimer,
  ) {}

  async run(subject: SearchSubject): Promise<RankedAnswer> {
    const degraded = new Set<Degradation>();
    const [{ plan, references, understanding }, rankOf] = await Promise.all([
      this.plan(subject, degraded),
      this.trending(degraded),
    ]);
    const vector = await this.vectorFor(plan, references, degraded);
    const excluded = await this.moviesNamed(plan.excludedTitles);
    const excludedIds = new Set([...subject.exclude, ...[...references, ...excluded].map(({ id }) => id)]);
    const words = plan.words || references.map(({ keywords }) => keywords.join(' ')).join(' ');
    const depth = plan.isBrowsing ? browseDepth(plan) : maxDepth;
    const find = async (constraints: Constraints): Promise<Found> => {
      const answer = await this.timer.measure('retrieve', () =>
        this.index.search({
          constraints: { ...constraints, excludedIds },
          titles: plan.titles,
          words,
          vector,
          depth,
        }),
      );
      return this.timer.measure('rank', () => toFound(answer, plan, references, rankOf));
    };
    const { found, relaxed } = await findRelaxed(plan, find);
    const { ranked, total } = found;
    return {
      understanding,
      total,
      hits: ranked.slice(0, maxHits).map((movie) => toHit(movie, rankOf)),
      references: references.map(({ title }) => title),
      facets: countFacets(
        ranked.map(({ movie }) => movie),
        facetNames,
      ),
      relaxed,
      degraded: [...degraded],
    };
  }

  private async plan(subject: SearchSubject, degraded: Set<Degradation>): Promise<Planned> {
    const excluded = new Set(subject.exclude);
    if (subject.kind === 'similar') {
      const references = await this.index.get([subject.movieId]);
      return { plan: planSimilar(references, excluded), references, understanding: null };
    }
    const { query, filters } = subject;
    const understanding = await this.timer.measure('understand', () =>
      this.features.understand(query).catch(() => {
        degraded.add('understanding');
        return understandNothing(query);
      }),
    );
    // A document without its optional parts is not cached; an answer that is based on it should not be cached, either.
    if (understanding.degraded.length > 0) degraded.add('understanding');
    const plan = planSearch(understanding, filters, excluded);
    return { plan, references: await this.resolveReferences(plan), understanding };
  }

  private trending(degraded: Set<Degradation>): Promise<(id: number) => number | undefined> {
    return this.timer.measure('trending', () =>
      this.features.trending().catch(() => {
        degraded.add('trending');
        return () => undefined;
      }),
    );
  }

  /** Returns, for each title that results should resemble, the best-known movie of that title. */
  private async resolveReferences({ references }: SearchPlan): Promise<readonly Movie[]> {
    const movies = await Promise.all(references.map(async (title) => (await this.moviesNamed([title]))[0]));
    return movies.filter((movie) => movie !== undefined);
  }

  /** Returns the movies of these titles: best match first, then the best known. */
  private async moviesNamed(titles: readonly string[]): Promise<readonly Movie[]> {
    if (titles.length === 0) return [];
    const { candidates } = await this.index.search({
      constraints: unconstrained,
      titles,
      words: '',
      vector: undefined,
      depth: 20,
    });
    const scoreOf = ({ title }: Candidate): number => title?.score ?? 0;
    return candidates
      .filter((candidate) => scoreOf(candidate) >= minTitleSimilarity)
      .toSorted(
        (a, b) => scoreOf(b) - scoreOf(a) || (a.known?.rank ?? Infinity) - (b.known?.rank ?? Infinity),
      )
      .map(({ movie }) => movie);
  }

  /** Returns the sum of the vectors of the references and of the words. */
  private async vectorFor(
    plan: SearchPlan,
    references: readonly Movie[],
    degraded: Set<Degradation>,
  ): Promise<Float32Array | undefined> {
    const ofReferences = await Promise.all(references.map(({ id }) => this.index.vectorOf(id)));
    const ofWords = plan.wordCount > 0 ? await this.embed(plan.meaning, degraded) : undefined;
    return normalizedSum([...ofReferences, ofWords].filter((vector) => vector !== undefined));
  }

  private embed(words: string, degraded: Set<Degradation>): Promise<Float32Array | undefined> {
    const { embedTimeoutMs } = this.options;
    return this.timer.measure('embed', async () => {
      const vector = await withTimeout(this.features.embed(words), embedTimeoutMs, () => undefined).catch(
        () => undefined,
      );
      if (!vector) degraded.add('embeddings');
      return vector;
    });
  }
}

interface Planned {
  readonly plan: SearchPlan;
  readonly references: readonly Movie[];
  readonly understanding: Understanding | null;
}

interface Found {
  readonly ranked: readonly Ranked[];
  readonly total: number;
}

interface RelaxedFound {
  readonly found: Found;
  readonly relaxed: readonly Relaxation[];
}

/** A movie may be trending however little known it is. */
const browseDepth = ({ intent }: SearchPlan): number =>
  intent === 'trending' ? Number.POSITIVE_INFINITY : maxHits;

/** Drops the softest constraints, one after the other, until there are enough results. */
async function findRelaxed(
  plan: SearchPlan,
  find: (constraints: Constraints) => Promise<Found>,
): Promise<RelaxedFound> {
  const findWithout = (dropped: readonly Relaxation[]): Promise<Found> => find(relax(plan, dropped));
  let found = await find(plan.constraints);
  const relaxed: Relaxation[] = [];
  const withoutEffect: Relaxation[] = [];
  for (const constraint of relaxable(plan)) {
    if (isEnough(found)) break;
    const more = await findWithout([...relaxed, constraint]);
    if (more.ranked.length <= found.ranked.length) {
      withoutEffect.push(constraint);
      continue;
    }
    found = withAdded(found, more);
    relaxed.push(constraint);
  }
  if (isEnough(found) || withoutEffect.length < 2) return { found, relaxed };
  return dropTogether({ found, relaxed }, withoutEffect, findWithout);
}

/** Drops constraints that exclude the same movies, so that none of them adds a result alone: as few of them as possible. */
async function dropTogether(
  { found, relaxed }: RelaxedFound,
  constraints: readonly Relaxation[],
  findWithout: (dropped: readonly Relaxation[]) => Promise<Found>,
): Promise<RelaxedFound> {
  let dropped = constraints;
  let more = await findWithout([...relaxed, ...dropped]);
  if (more.ranked.length <= found.ranked.length) return { found, relaxed };
  for (const constraint of constraints.toReversed()) {
    const fewer = dropped.filter((each) => each !== constraint);
    const left = await findWithout([...relaxed, ...fewer]);
    if (!isEnough(left) && left.ranked.length < more.ranked.length) continue;
    dropped = fewer;
    more = left;
  }
  const all = new Set([...relaxed, ...dropped]);
  return { found: withAdded(found, more), relaxed: relaxations.filter((each) => all.has(each)) };
}

const isEnough = ({ ranked }: Found): boolean => ranked.length >= minResults;

/** Movies that satisfy everything stay in front. */
function withAdded(found: Found, more: Found): Found {
  const ids = new Set(found.ranked.map(({ movie }) => movie.id));
  const added = more.ranked.filter(({ movie }) => !ids.has(movie.id));
  return { ranked: [...found.ranked, ...added], total: more.total };
}

function toFound(
  { candidates, matching, unknownWords }: IndexAnswer,
  plan: SearchPlan,
  references: readonly Movie[],
  rankOf: (id: number) => number | undefined,
): Found {
  const ranked = cutOff(rank(candidates, plan, references, rankOf), plan, unknownWords);
  // Movies beyond the depth are not among the candidates.
  const beyond = plan.isBrowsing ? Math.max(0, matching - candidates.length) : 0;
  return { ranked, total: ranked.length + beyond };
}

function toHit(
  { movie, score, parts, candidate }: Ranked,
  rankOf: (id: number) => number | undefined,
): RankedHit {
  return {
    id: movie.id,
    score: rounded(score),
    similarity: candidate.meaning ? rounded(candidate.meaning.score) : null,
    trendingRank: rankOf(movie.id) ?? null,
    parts: Object.fromEntries(
      Object.entries(parts).map(([name, value]) => [name, rounded(value)]),
    ) as unknown as RankedHit['parts'],
  };
}

const rounded = (value: number): number => Math.round(value * 10_000) / 10_000;

function normalizedSum(vectors: readonly Float32Array[]): Float32Array | undefined {
  const [first] = vectors;
  if (!first || vectors.length === 1) return first;
  const sum = new Float32Array(first.length);
  for (const vector of vectors)
    for (const [index, value] of vector.entries()) sum[index] = (sum[index] as number) + value;
  const norm = Math.hypot(...sum);
  return norm === 0 ? undefined : sum.map((value) => value / norm);
}
