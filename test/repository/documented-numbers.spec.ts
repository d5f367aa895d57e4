import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

const root = join(import.meta.dirname, '..', '..');
const textOf = (file: string): string => readFileSync(join(root, file), 'utf8');

/** Returns the value of a numeric constant in a source file. The value may be a product, or a constant of `ttl.ts`. */
function constantOf(file: string, name: string): number {
  const [, value = ''] = new RegExp(`\\b${name} = ([\\w *]+);`).exec(textOf(file)) ?? [];
  if (/^[A-Z_]+$/.test(value)) return constantOf('libs/config/src/ttl.ts', value);
  if (value === '') throw new Error(`${file} does not define a number ${name}`);
  return value.split('*').reduce((product, factor) => product * Number(factor.replaceAll('_', '')), 1);
}

const grouped = (value: number): string => value.toLocaleString('en-US');

/** Phrases of the documentation and the constants that they contain. */
const phrases: readonly [page: string, file: string, constant: string, phrase: (value: number) => string][] =
  [
    [
      'docs/architecture.md',
      'libs/embeddings/src/embeddings.repository.ts',
      'EMBEDDING_TTL_SECONDS',
      (seconds) => `| ${seconds} s`,
    ],
    [
      'docs/architecture.md',
      'libs/query-understanding/src/query-understanding.repository.ts',
      'UNDERSTANDING_TTL_SECONDS',
      (seconds) => `| ${seconds} s`,
    ],
    [
      'docs/architecture.md',
      'libs/tmdb/src/tmdb.repository.ts',
      'MOVIE_TTL_SECONDS',
      (seconds) => `| ${seconds} s`,
    ],
    ['docs/architecture.md', 'libs/tasks/src/task.ts', 'TASK_TTL_SECONDS', (seconds) => `| ${seconds} s`],
    [
      'docs/cache.md',
      'libs/tmdb/src/tmdb.repository.ts',
      'STALE_SECONDS',
      (seconds) => `staleSeconds: ${grouped(seconds).replaceAll(',', '_')},`,
    ],
    [
      'docs/cache.md',
      'libs/tmdb/src/tmdb.repository.ts',
      'NOT_FOUND_SECONDS',
      (seconds) => `negativeTtlSeconds: ${seconds},`,
    ],
    [
      'docs/cache.md',
      'libs/tmdb/src/tmdb.repository.ts',
      'LOCAL_TTL_SECONDS',
      (seconds) => `localTtlSeconds: ${seconds},`,
    ],
    [
      'docs/sessions.md',
      'libs/events/src/event.ts',
      'MAX_EXCERPT_BYTES',
      (bytes) => `${grouped(bytes)} bytes (UTF-8)`,
    ],
  ];

describe('Numbers in the documentation', () => {
  it.each(phrases)('%s matches %s %s', (page, file, constant, phrase) => {
    expect(textOf(page)).toContain(phrase(constantOf(file, constant)));
  });

  it('state the minimum version of Node', () => {
    const { engines } = JSON.parse(textOf('package.json')) as { engines: { node: string } };
    const minimum = engines.node.replace('>=', '');
    for (const page of ['README.md', 'CONTRIBUTING.md', 'docs/deployment.md']) {
      const stated = [...textOf(page).matchAll(/Node (\d+\.\d+) or later/g)].map(([, version]) => version);
      expect([page, ...new Set(stated)]).toEqual([page, minimum]);
    }
  });

  it('state the same defaults as .env.example', () => {
    const defaults = new Map(
      [...textOf('.env.example').matchAll(/^# ([A-Z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [
        name,
        value,
      ]),
    );
    const codeIn = (cell = ''): string[] => [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
    // In the README's table, the first cell contains variables and the second their defaults, in the same order.
    const rows = [
      ...textOf('README.md').matchAll(/^\| ((?:`[A-Z_]+`(?:, )?)+) +\| ((?:`[^`]+`(?:, )?)+) +\|/gm),
    ];
    const documented = rows.flatMap(([, names, values]) =>
      codeIn(names).map((name, index) => [name, codeIn(values)[index]] as const),
    );
    expect(documented.length).toBeGreaterThan(5);
    expect(documented.filter(([name, value]) => defaults.get(name) !== value)).toEqual([]);
  });
});
