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
/** `npm test` installs promtool where that needs no password, and says where it could not. */
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

describe('what operators see', () => {
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
    await until('something trends', () => redis.redis.exists('prod:trending:current'));
    const post = { method: 'POST', headers: { 'content-type': 'application/json' } };
    const body = JSON.stringify({ model: 'text-embedding-3-small', input: 'a' });
    await (await fetch(`${urls[0]}/v1/embeddings`, { ...post, body })).text();
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

  withPromtool('by promtool', () => {
    it('has metrics that keep to the conventions', () => {
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

  it('alerts and dashboard ask for metrics that there are', () => {
    const asked = new Set(read('prometheus', 'alerts.yml').match(metricName));
    for (const name of read('grafana', 'dashboards', 'marquee.json').match(metricName) ?? []) asked.add(name);
    // Counted only once they have happened.
    const later = new Set(['marquee_upstream_call_duration_seconds']);
    expect(
      [...asked].filter((name) => !exists(name) && !later.has(name.replace(/_(bucket|sum|count)$/, ''))),
    ).toEqual([]);
    expect(asked.size).toBeGreaterThan(30);
  });

  it('every alert has its place in the page for whoever is on call, and its unit test', () => {
    const page = readFileSync(join(docker, '..', 'docs', 'operations.md'), 'utf8');
    const headings = new Set([...page.matchAll(/^#+ (\S+)/gm)].map(([, heading]) => heading));
    const tests = read('prometheus', 'alerts.test.yml');
    const alerts = rules.flatMap(({ alert }) => alert ?? []);
    expect(alerts.length).toBeGreaterThan(15);
    expect(alerts.filter((alert) => !headings.has(alert))).toEqual([]);
    expect(alerts.filter((alert) => !tests.includes(`alertname: ${alert}`))).toEqual([]);
  });

  it('labels are bounded: none is a key, an id or an address', () => {
    const labels = new Set([...metrics.matchAll(/[{,](\w+)="/g)].map(([, label]) => label ?? ''));
    const allowed = [
      'target',
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
    ];
    expect([...labels].filter((label) => !allowed.includes(label))).toEqual([]);
  });
});
