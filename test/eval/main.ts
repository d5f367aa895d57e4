// `npm run eval`: how well the rules read queries, by field. `-- --verbose` shows each disagreement, `-- FILE` reads
// another set than the two here.
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Catalogue } from '@app/catalogue';
import { understandingGraph } from '@app/query-understanding';
import { evaluate, type Example, precision, recall } from './score.js';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

/** The clock of the examples: "last year" is 2025. */
const now = (): Date => new Date('2026-11-21T12:00:00Z');

const { values, positionals } = parseArgs({
  options: { verbose: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const here = join(process.cwd(), 'test', 'eval');
const files =
  positionals.length > 0 ? positionals : [join(here, 'development.jsonl'), join(here, 'held-out.jsonl')];
const graph = understandingGraph({ films: new Catalogue().films, now });

for (const file of files) {
  const examples = readFileSync(file, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Example);
  const startedMs = performance.now();
  const readings = [];
  for (const { query } of examples) {
    const { results, degraded } = await graph.run({ query });
    if (degraded.length > 0) throw new Error(`"${query}" broke ${degraded.join(', ')}`);
    readings.push({ ...results.facts, language: results.language });
  }
  const millisecondsEach = (performance.now() - startedMs) / examples.length;
  const { fields, disagreements } = evaluate(examples, readings);
  print(
    `\n${basename(file)}: ${examples.length} queries, ${millisecondsEach.toFixed(1)} ms each\n\n` +
      `  ${'field'.padEnd(16)}${'precision'.padStart(10)}${'recall'.padStart(8)}${'expected'.padStart(10)}`,
  );
  for (const [field, score] of fields) {
    const [p, r] = [precision(score), recall(score)].map((value) => value.toFixed(2));
    print(
      `  ${field.padEnd(16)}${p?.padStart(10)}${r?.padStart(8)}${String(score.right + score.missed).padStart(10)}`,
    );
  }
  const whole = new Set(disagreements.map(({ query }) => query));
  print(`\n  ${examples.length - whole.size} of ${examples.length} queries are right in every field`);
  if (!values.verbose) continue;
  for (const { query, field, extra, missed } of disagreements)
    print(
      `  ${query}\n      ${field}: ${missed.map((item) => `-${item}`).join(' ')} ${extra.map((item) => `+${item}`).join(' ')}`,
    );
}
