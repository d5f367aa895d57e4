import type { Movie } from '@app/catalogue';
import type { Understanding } from '@app/query-understanding';
import type { Constraints } from '../movie-index/constraints.js';
import { unconstrained } from '../movie-index/constraints.js';
import type { IndexAnswer, MovieIndex } from '../movie-index/movie-index.js';
import { cutOff } from './cut-off.js';
import { rank, type Ranked } from './rank.js';
import { planSearch, relax, relaxable, type Relaxation, type SearchPlan } from './search-plan.js';
import type { SearchFilters } from './search-request.js';

export interface PipelineInput {
  readonly understanding: Understanding;
  readonly filters: SearchFilters;
  readonly excludedIds: ReadonlySet<number>;
  /** The vector of the plan's words; undefined where embeddings are away. */
  readonly embed: (text: string) => Promise<Float32Array | undefined>;
  readonly trending: ReadonlyMap<number, number>;
}

export interface PipelineResult {
  readonly plan: SearchPlan;
  readonly ranked: readonly Ranked[];
  readonly relaxed: readonly Relaxation[];
  readonly references: readonly Movie[];
}

/** How many movies each retrieval contributes. */
const depth = 200;
/** Fewer results than this make the plan give up its softest constraint. */
const minResults = 3;

/** Finds and ranks movies in an index. */
export async function search(index: MovieIndex, input: PipelineInput): Promise<PipelineResult> {
  const plan = planSearch(input.understanding, input.filters, input.excludedIds);
  const references = await resolveReferences(index, plan);
  const excludedIds = new Set([...input.excludedIds, ...references.map(({ id }) => id)]);
  const vector = await vectorFor(index, plan, references, input.embed);
  const words = [plan.words, ...references.map(({ keywords }) => keywords.join(' '))].join(' ');
  const retrieve = (constraints: Constraints): Promise<IndexAnswer> =>
    index.search({ constraints: { ...constraints, excludedIds }, titles: plan.titles, words, vector, depth });
  const run = async (constraints: Constraints): Promise<readonly Ranked[]> => {
    const { candidates, unknownWords } = await retrieve(constraints);
    return cutOff(rank(candidates, plan, { trending: input.trending }), plan, unknownWords);
  };
  let ranked = await run(plan.constraints);
  const relaxed: Relaxation[] = [];
  for (const each of relaxable(plan)) {
    if (ranked.length >= minResults) break;
    relaxed.push(each);
    const more = await run(relax(plan, relaxed));
    const found = new Set(ranked.map(({ movie }) => movie.id));
    if (more.length > ranked.length)
      ranked = [...ranked, ...more.filter(({ movie }) => !found.has(movie.id))];
    else relaxed.pop();
  }
  return { plan, ranked, relaxed, references };
}

/** The best known movie of each title; of several with one title, what the other words say would decide. */
async function resolveReferences(index: MovieIndex, { references }: SearchPlan): Promise<readonly Movie[]> {
  const movies: Movie[] = [];
  for (const title of references) {
    const { candidates } = await index.search({
      constraints: unconstrained,
      titles: [title],
      words: '',
      vector: undefined,
      depth: 10,
    });
    const best = candidates
      .filter((candidate) => (candidate.title?.score ?? 0) >= 0.8)
      .toSorted(
        (a, b) =>
          (b.title?.score ?? 0) - (a.title?.score ?? 0) ||
          (b.movie.popularity ?? 0) - (a.movie.popularity ?? 0),
      )[0];
    if (best) movies.push(best.movie);
  }
  return movies;
}

async function vectorFor(
  index: MovieIndex,
  plan: SearchPlan,
  references: readonly Movie[],
  embed: PipelineInput['embed'],
): Promise<Float32Array | undefined> {
  const vectors: Float32Array[] = [];
  for (const { id } of references) {
    const vector = await index.vectorOf(id);
    if (vector) vectors.push(vector);
  }
  const text = plan.wordCount > 0 ? await embed(plan.words) : undefined;
  if (text) vectors.push(text);
  return vectors.length === 0 ? undefined : normalizedSum(vectors);
}

function normalizedSum(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array((vectors[0] as Float32Array).length);
  for (const vector of vectors)
    for (const [index, value] of vector.entries()) sum[index] = (sum[index] as number) + value;
  const norm = Math.hypot(...sum);
  return norm === 0 ? sum : sum.map((value) => value / norm);
}
