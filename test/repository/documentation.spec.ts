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

/** Commands of a page's shell blocks, lines that go on joined, remarks dropped. */
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

/** What cannot be run by a test, and why. */
const notRun: readonly [pattern: RegExp, reason: string][] = [
  [
    /docker |kubectl |kustomize |systemctl |journalctl /,
    'there may be no container engine, cluster or systemd here',
  ],
  [
    /npm (test|start|ci|install)\b|npm run (-s )?(check|jest|bench|eval|format|client|build|lint|typecheck)/,
    'is what runs this test, or is run by CI beside it',
  ],
  [/git |apt-get |brew |sudo |ssh |kill /, 'changes the machine'],
  [/HOST=0\.0\.0\.0|node dist/, 'starts servers: test/e2e/process.spec.ts'],
  [/redis-cli|valkey-cli/, 'needs the server of a deployment'],
  [/promtool/, 'test/repository/monitoring.spec.ts'],
];

const api = /http:\/\/(?:127\.0\.0\.1|localhost):300[01]/g;

describe('every command of the documentation', () => {
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
    await until('something trends', () => redis.redis.exists('prod:trending:current'));
  });
  afterAll(async () => {
    await marquee.stop();
    await worker.stop();
    await redis.stop();
    rmSync(folder, { recursive: true });
  });

  it.each(pages)(
    'in %s does what it says',
    async (page) => {
      const session = await fetch(`${url}/v1/sessions`, { method: 'POST' });
      const { id } = (await session.json()) as { id: string };
      const failed: string[] = [];
      for (const command of commandsOf(page)) {
        if (notRun.some(([pattern]) => pattern.test(command))) continue;
        const here = command.replaceAll(api, (address) => (address.endsWith('1') ? workerUrl : url));
        // Written for people: errors are to fail the command, and streams of events to end.
        const curl = 'curl() { command curl -sS --fail-with-body --max-time 2 "$@" || [ $? = 28 ]; }';
        const script = `set -e; ${curl}; ${here.replaceAll('keys.json', join(folder, 'keys.json'))}`;
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

describe('the documentation', () => {
  it.each([...pages, 'CHANGELOG.md'])('%s points at files that are there', (page) => {
    const links = [...textOf(page).matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      ([, target]) => target ?? '',
    );
    const broken = links.filter((target) => !existsSync(join(root, dirname(page), target)));
    expect(broken).toEqual([]);
  });

  it.each(pages)('%s names files, scripts and tests that are there', (page) => {
    const text = textOf(page);
    const files = [...text.matchAll(/`((?:apps|libs|test|scripts|docker|docs)\/[\w./-]+\.\w+)`/g)].map(
      ([, file]) => file ?? '',
    );
    const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
    const called = [...text.matchAll(/npm run (?:-s |--silent )?([a-z:-]+)/g)].map(([, name]) => name ?? '');
    expect(files.filter((file) => !existsSync(join(root, file)))).toEqual([]);
    expect(called.filter((name) => !(name in scripts))).toEqual([]);
  });

  it('names variables that there are', () => {
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

  it('has a line for every dependency, and none for one that is gone', () => {
    const { dependencies, devDependencies } = JSON.parse(textOf('package.json')) as Record<
      string,
      Record<string, string>
    >;
    // Packages stand in the first column, several of a kind with commas between them.
    const cells = [...textOf('docs/dependencies.md').matchAll(/^\| (`[^|]+`)\s*\|/gm)].map(
      ([, cell]) => cell ?? '',
    );
    const listed = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name ?? ''));
    const needed = Object.keys({ ...dependencies, ...devDependencies });
    expect(listed.toSorted()).toEqual(needed.toSorted());
  });
});
