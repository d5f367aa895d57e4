// `npm run catalogue -- <command>`: keeps the bundled catalogue in order. See docs/catalogue.md.
import { parseArgs } from 'node:util';
import { makeVectors } from './make-vectors.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { all: { type: 'boolean', default: false } },
});

switch (positionals[0]) {
  case 'vectors':
    await makeVectors({ all: values.all });
    break;
  default:
    console.error('Usage: npm run catalogue -- vectors [--all]');
    process.exitCode = 1;
}
