import { Catalogue, type Movie } from '@app/catalogue';
import { labelOf, satisfies, type SearchCase } from './search-case.js';
import type { Searcher, Variant } from './searcher.js';

/** Sums over the queries of a kind. */
export interface SearchScore {
  queries: number;
  first: number;
  amongFive: number;
  amongTen: number;
  reciprocalRank: number;
  ndcg: number;
  /** Queries with constraints, and the share of their results that satisfies them. */
  constrained: number;
  satisfied: number;
}

export const emptyScore = (): SearchScore => ({
  queries: 0,
  first: 0,
  amongFive: 0,
  amongTen: 0,
  reciprocalRank: 0,
  ndcg: 0,
  constrained: 0,
  satisfied: 0,
});

const discount = (rank: number): number => 1 / Math.log2(rank + 1);

/** Adds a query's first ten results to a score. Returns what is wrong with them, or undefined. */
export function addTo(
  score: SearchScore,
  { kind, query, answers, like, expected }: SearchCase,
  movies: readonly Movie[],
  find: (label: string) => Movie,
): string | undefined {
  score.queries++;
  const top = movies.slice(0, 10);
  const shown = top.slice(0, 3).map(labelOf).join(', ') || 'nothing';
  if (kind === 'nonsense') {
    const right = top.length === 0 ? 1 : 0;
    score.first += right;
    score.amongFive += right;
    score.amongTen += right;
    score.reciprocalRank += right;
    score.ndcg += right;
    return right ? undefined : `${query}: should find nothing, but found ${shown}`;
  }
  const genres = like === undefined ? [] : find(like).genres;
  const isRight = (movie: Movie): boolean => {
    if (answers) return answers.includes(labelOf(movie));
    if (expected && !satisfies(movie, expected)) return false;
    return (
      like === undefined || (labelOf(movie) !== like && movie.genres.some((genre) => genres.includes(genre)))
    );
  };
  const ranks = top.flatMap((movie, index) => (isRight(movie) ? [index + 1] : []));
  const [rank = Infinity] = ranks;
  score.first += Number(rank === 1);
  score.amongFive += Number(rank <= 5);
  score.amongTen += Number(rank <= 10);
  score.reciprocalRank += 1 / rank;
  const relevant = Array.from({ length: Math.min(10, answers?.length ?? 10) }, (_, index) => index + 1);
  const sum = (of: readonly number[]): number => of.reduce((total, each) => total + discount(each), 0);
  score.ndcg += sum(ranks) / sum(relevant);
  const faults = rank === 1 ? [] : [`right at ${rank}: ${shown}`];
  if (like !== undefined && top.some((movie) => labelOf(movie) === like))
    faults.push('found the movie itself');
  if (expected) {
    const satisfied = top.filter((movie) => satisfies(movie, expected)).length;
    const enough = top.length >= (expected.min ?? 5);
    score.constrained++;
    score.satisfied += enough ? satisfied / top.length : 0;
    if (!enough || satisfied < top.length) faults.push(`${satisfied} of ${top.length} satisfy: ${shown}`);
  }
  return faults.length === 0 ? undefined : `${query}: ${faults.join('; ')}`;
}

/** Searches for each query, and returns the scores by kind, with what is wrong with the results. */
export async function scoresOf(
  searcher: Searcher,
  variant: Variant,
  cases: readonly SearchCase[],
): Promise<{ readonly scores: ReadonlyMap<string, SearchScore>; readonly faults: readonly string[] }> {
  const byLabel = new Map(new Catalogue().movies.map((movie) => [labelOf(movie), movie]));
  const find = (label: string): Movie => {
    const movie = byLabel.get(label);
    if (!movie) throw new Error(`The catalogue has no movie "${label}"`);
    return movie;
  };
  const scores = new Map<string, SearchScore>();
  const faults: string[] = [];
  for (const each of cases) {
    const { movies } = await searcher.find(variant, each.query);
    const score = scores.get(each.kind) ?? emptyScore();
    scores.set(each.kind, score);
    const fault = addTo(score, each, movies, find);
    if (fault) faults.push(`  [${each.kind}] ${fault}`);
  }
  return { scores, faults };
}
