// `npm run eval` scores the rules of query understanding by field. `-- --verbose` shows each disagreement, `-- FILE` scores
// another set. `npm run eval -- search` scores search.
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { read, readExamples } from './read.js';
import { evaluate, fieldsOf, precision, recall } from './score.js';
import { evaluateSearch } from './search/main.js';

const print = (text: string): void => void process.stdout.write(`${text}\n`);

const { values, positionals } = parseArgs({
  options: { verbose: { type: 'boolean', default: false } },
  allowPositionals: true,
});
if (positionals[0] === 'search') {
  await evaluateSearch(values.verbose);
  process.exit();
}
const here = join(process.cwd(), 'test', 'eval');
const files =
  positionals.length > 0
    ? positionals
    : [
        'development',
        'development-2',
        'development-3',
        'held-out',
        'numeric/development',
        'numeric/held-out',
        'plots',
      ].map((name) => join(here, `${name}.jsonl`));

for (const file of files) {
  const examples = readExamples(file);
  const startedMs = performance.now();
  const readings = await read(examples);
  const millisecondsEach = (performance.now() - startedMs) / examples.length;
  const { fields, disagreements } = evaluate(examples, readings, fieldsOf(file));
  print(
    `\n${relative(here, file)}: ${examples.length} queries, ${millisecondsEach.toFixed(1)} ms each\n\n` +
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
