// `npm run eval -- search` scores search over the bundled catalogue, beside words alone and vectors alone. `--verbose` lists
// the faults of the development queries; those of the held-out queries are never shown.
import { join } from 'node:path';
import { readCases } from './search-case.js';
import { emptyScore, scoresOf, type SearchScore } from './search-score.js';
import { Searcher, variants } from './searcher.js';

const print = (text: string): void => void process.stdout.write(`${text}\n`);
const columns = ['kind', 'n', 'first', 'of 5', 'of 10', 'MRR', 'nDCG@10', 'satisfied'];

export async function evaluateSearch(isVerbose: boolean): Promise<void> {
  const searcher = new Searcher();
  await searcher.start();
  for (const set of ['development', 'held-out']) {
    const cases = readCases(join(process.cwd(), 'test', 'eval', 'search', `${set}.jsonl`));
    for (const variant of variants) {
      const { scores, faults } = await scoresOf(searcher, variant, cases);
      print(`\n${set}, ${variant}: ${cases.length} queries\n\n| ${columns.join(' | ')} |`);
      print(`|${columns.map(() => ' --- ').join('|')}|`);
      for (const [kind, score] of [...scores, ['all', total([...scores.values()])] as const])
        print(row(kind, score));
      if (isVerbose && set === 'development' && variant === 'search') print(`\n${faults.join('\n')}`);
    }
  }
  await searcher.stop();
}

function total(scores: readonly SearchScore[]): SearchScore {
  const sum = emptyScore();
  for (const score of scores)
    for (const name of Object.keys(sum) as (keyof SearchScore)[]) sum[name] += score[name];
  return sum;
}

function row(kind: string, score: SearchScore): string {
  const { queries, first, amongFive, amongTen, reciprocalRank, ndcg, constrained, satisfied } = score;
  const shares = [first, amongFive, amongTen, reciprocalRank, ndcg].map((value) =>
    (value / queries).toFixed(2),
  );
  const share = constrained === 0 ? '' : (satisfied / constrained).toFixed(3);
  return `| ${[kind, queries, ...shares, share].join(' | ')} |`;
}
