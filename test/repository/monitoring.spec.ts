import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { findProgram } from '../fixtures/find-program.js';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const docker = join(import.meta.dirname, '..', '..', 'docker');
const read = (...path: string[]): string => readFileSync(join(docker, ...path), 'utf8');
const promtool = findProgram('promtool');
/** `npm test` installs promtool if it can. */
const withPromtool = promtool ? describe : describe.skip;

interface Rules {
  readonly groups: {
    readonly rules: {
      readonly alert?: string;
      readonly expr: string;
      readonly annotations?: Record<string, string>;
    }[];
  }[];
}
const rules = (parse(read('prometheus', 'alerts.yml')) as Rules).groups.flatMap((group) => group.rules);
const metricName = /\bmarquee_[a-z0-9_]+/g;

describe('Monitoring', () => {
  let redis: TestRedisServer;
  const programs: MarqueeProcess[] = [];
  let metrics: string;
  let known: Set<string>;

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    const urls: string[] = [];
    for (const app of ['api', 'worker'] as const) {
      const program = MarqueeProcess.start({ REDIS_URL: redis.url }, app);
      programs.push(program);
      urls.push(await program.ready());
    }
    await until('trending movies are published', () => redis.redis.exists('prod:trending:current'));
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ model: 'text-embedding-3-small', input: 'a' });
    await (await fetch(`${urls[0]}/v1/embeddings`, { ...post, body })).text();
    const words = JSON.stringify({ query: 'comedies from the 1990s' });
    await (await fetch(`${urls[0]}/v1/search`, { ...post, body: words })).text();
    const texts = await Promise.all(urls.map(async (url) => (await fetch(`${url}/metrics`)).text()));
    metrics = texts[0] ?? '';
    known = new Set(
      texts.flatMap((text) => [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name ?? '')),
    );
  });
  afterAll(async () => {
    for (const program of programs) await program.stop();
    await redis.stop();
  });

  withPromtool('promtool', () => {
    it('accepts the metrics', () => {
      const checked = execFileSync(promtool ?? '', ['check', 'metrics'], {
        input: metrics,
        encoding: 'utf8',
      });
      expect(checked).toBe('');
    });

    it.each([
      ['check', 'config', 'prometheus.yml'],
      ['check', 'rules', 'alerts.yml'],
      ['test', 'rules', 'alerts.test.yml'],
    ])('%s %s %s', async (...args) => {
      const { stdout } = await promisify(execFile)(promtool ?? '', args, { cwd: join(docker, 'prometheus') });
      expect(stdout).toContain('SUCCESS');
    });
  });

  const exists = (name: string): boolean =>
    known.has(name) || known.has(name.replace(/_(bucket|sum|count)$/, ''));

  it('alerts and dashboard use only existing metrics', () => {
    const used = new Set(read('prometheus', 'alerts.yml').match(metricName));
    for (const name of read('grafana', 'dashboards', 'marquee.json').match(metricName) ?? []) used.add(name);
    // Metrics that do not exist before their first observation.
    const createdLater = new Set(['marquee_upstream_call_duration_seconds']);
    expect(
      [...used].filter(
        (name) => !exists(name) && !createdLater.has(name.replace(/_(bucket|sum|count)$/, '')),
      ),
    ).toEqual([]);
    expect(used.size).toBeGreaterThan(30);
  });

  it('every alert has a section in docs/operations.md and a unit test', () => {
    const page = readFileSync(join(docker, '..', 'docs', 'operations.md'), 'utf8');
    const headings = new Set([...page.matchAll(/^#+ (\S+)/gm)].map(([, heading]) => heading));
    const tests = read('prometheus', 'alerts.test.yml');
    const alerts = rules.flatMap(({ alert }) => alert ?? []);
    expect(alerts.length).toBeGreaterThan(15);
    expect(alerts.filter((alert) => !headings.has(alert))).toEqual([]);
    expect(alerts.filter((alert) => !tests.includes(`alertname: ${alert}`))).toEqual([]);
  });

  it('labels are bounded and contain no keys, ids or addresses', () => {
    const labels = new Set([...metrics.matchAll(/[{,](\w+)="/g)].map(([, label]) => label ?? ''));
    const allowed = [
      'target',
      'cause',
      'outcome',
      'state',
      'le',
      'namespace',
      'policy',
      'method',
      'route',
      'status',
      'step',
      'upstream',
      'version',
      'major',
      'minor',
      'patch',
      'kind',
      'type',
      'space',
      'field',
      'stage',
      'constraint',
      'part',
      'cause',
      'source',
    ];
    expect([...labels].filter((label) => !allowed.includes(label))).toEqual([]);
  });
});
