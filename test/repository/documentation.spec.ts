import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '..', '..');
const pages = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs')).map((name) => join('docs', name)),
].filter((page) => page.endsWith('.md'));
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Returns the commands in a page's shell blocks, with continuation lines joined and comments removed. */
function commandsOf(page: string): string[] {
  const blocks = [...textOf(page).matchAll(/^```(?:sh|bash)\n([^]*?)^```/gm)].map(([, block]) => block ?? '');
  return blocks.flatMap((block) =>
    block
      .replaceAll(/\\\n\s*/g, ' ')
      .split('\n')
      .map((line) => line.replace(/(^|\s)#\s.*$/, '').trim())
      .filter((line) => line !== ''),
  );
}

/** Commands that a test cannot run, and why. */
const skippedCommands: readonly [pattern: RegExp, reason: string][] = [
  [/docker |kubectl |kustomize |systemctl |journalctl /, 'requires a container engine, cluster or systemd'],
  [
    /npm (test|start|ci|install)\b|npm run (-s )?(check|jest|bench|eval|format|client|build|lint|typecheck)/,
    'runs this test, or is run by CI separately',
  ],
  [/git |apt-get |brew |sudo |ssh |kill /, 'changes the machine'],
  [/HOST=0\.0\.0\.0|node dist/, 'starts servers; tested in test/e2e/process.spec.ts'],
  [/redis-cli|valkey-cli/, 'requires a deployed server'],
  [/promtool/, 'tested in test/repository/monitoring.spec.ts'],
];

const importPage = join('docs', 'indexing.md');

const api = /http:\/\/(?:127\.0\.0\.1|localhost):300[01]/g;

describe('Commands in the documentation', () => {
  let redis: TestRedisServer;
  let marquee: MarqueeProcess;
  let url: string;
  let worker: MarqueeProcess;
  let workerUrl: string;
  let folder: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'marquee-docs-'));
    redis = await TestRedisServer.start();
    const variables = { REDIS_URL: redis.url };
    marquee = MarqueeProcess.start(variables);
    url = await marquee.ready();
    worker = MarqueeProcess.start(variables, 'worker');
    workerUrl = await worker.ready();
    await until('trending movies are published', () => redis.redis.exists('prod:trending:current'));
  });
  afterAll(async () => {
    await marquee.stop();
    await worker.stop();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  // An import replaces the index that the examples of other pages search.
  it.each(pages.toSorted((a, b) => Number(a === importPage) - Number(b === importPage)))(
    'in %s succeed',
    async (page) => {
      const session = await fetch(`${url}/v1/sessions`, { method: 'POST' });
      const { id } = (await session.json()) as { id: string };
      const failed: string[] = [];
      for (const command of commandsOf(page)) {
        if (skippedCommands.some(([pattern]) => pattern.test(command))) continue;
        const localCommand = command.replaceAll(api, (address) => (address.endsWith('1') ? workerUrl : url));
        // Makes HTTP errors fail the command, and ends event streams after two seconds.
        const curl = 'curl() { command curl -sS --fail-with-body --max-time 2 "$@" || [ $? = 28 ]; }';
        const script = `set -e; ${curl}; ${localCommand.replaceAll('keys.json', join(folder, 'keys.json'))}`;
        const { PATH = '', HOME = '' } = process.env;
        await run('bash', ['-c', script], {
          cwd: root,
          env: { PATH, HOME, ID: id, KEY: 'unused' },
          timeout: 60_000,
        }).catch((error: Error & { stdout?: string; stderr?: string }) =>
          failed.push(`${command}\n${error.stdout}${error.stderr}`),
        );
      }
      expect(failed).toEqual([]);
    },
    180_000,
  );
});

describe('Documentation', () => {
  it.each([...pages, 'CHANGELOG.md'])('%s links only to existing files', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );
    const broken = links.filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names only existing files, scripts and tests', (page) => {
    const text = textOf(page);
    const files = [...text.matchAll(/`((?:apps|libs|test|scripts|docker|docs)\/[\w./-]+\.\w+)`/g)].map(
      ([, file]) => file ?? '',
    );
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const scriptNames = [...text.matchAll(/npm run (?:-s |--silent )?([a-z:-]+)/g)].map(
      ([, name]) => name ?? '',
    );
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(scriptNames.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names only existing variables', () => {
    const known = textOf('.env.example');
    const named = pages.flatMap((page) =>
      [
        ...textOf(page).matchAll(
          /`((?:REDIS|OPENAI|TMDB|QU_MODEL|EVENTS|CACHE|RATE_LIMIT|TRENDING|ARCHIVE|UPSTREAM|API|CORS|LOG)_[A-Z_]+)`/g,
        ),
      ].map(([, name]) => name ?? ''),
    );
    expect([...new Set(named)].filter((name) => !known.includes(`${name}=`))).toEqual([]);
  });

  it('lists exactly the dependencies of package.json', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<
      string,
      Record<string, string>
    >;
    // The first column contains one or more packages, separated by commas.
    const cells = [...textOf('docs/dependencies.md').matchAll(/^\| (`[^|]+`)\s*\|/gm)].map(
      ([, cell]) => cell ?? '',
    );
    const listed = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
    const needed = Object.keys({ ...dependencies, ...devDependencies });
    expect(listed.toSorted()).toEqual(needed.toSorted());
  });
});
