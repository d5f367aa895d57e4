import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startApi, type TestApi } from '../fixtures/api.js';
import { OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

const run = promisify(execFile);
const ndjson = 'application/x-ndjson';

const movie = (id: number, fields: object = {}) => ({
  id,
  title: `Imported ${id}`,
  releaseDate: '1995-12-15',
  genres: ['Crime'],
  overview: `A detective follows a thief through the city, part ${id}.`,
  ...fields,
});
const linesOf = (...movies: unknown[]): string =>
  movies.map((each) => (typeof each === 'string' ? each : JSON.stringify(each))).join('\n');
const range = (count: number) => Array.from({ length: count }, (_, index) => movie(index + 1));

interface State {
  readonly version: string;
  readonly rebuildRequestedAt: string | null;
  readonly activity: { readonly state: string } | null;
}

interface Found {
  readonly index: { readonly movies: number };
  readonly results: readonly { readonly movie: { readonly id: number } }[];
}

interface Problem {
  type: string;
  status: number;
  errors: { field: string; message: string }[];
  'invalid-lines'?: number;
}

describe('PUT /v1/admin/index/movies', () => {
  let redis: TestRedisServer;
  let upstream: OpenAiUpstream;
  let api: TestApi;

  const start = () =>
    startApi({
      REDIS_URL: redis.url,
      REDIS_BUDGET_MS: '5000',
      OPENAI_BASE_URL: upstream.baseUrl,
      EMBEDDINGS_MODEL: 'test-model',
      EMBEDDINGS_DIMENSIONS: '16',
    });

  beforeAll(async () => {
    [redis, upstream] = await Promise.all([TestRedisServer.start(), OpenAiUpstream.start(16)]);
    api = await start();
  });
  afterAll(async () => {
    await api.close();
    await Promise.all([redis.stop(), upstream.stop()]);
  });

  const put = (body: string, query = '', headers: Record<string, string> = {}, url = api.url) =>
    fetch(`${url}/v1/admin/index/movies${query}`, {
      method: 'PUT',
      headers: { 'content-type': ndjson, ...headers },
      body,
    });
  const state = async (url = api.url) => (await fetch(`${url}/v1/admin/index`)).json() as Promise<State>;
  const search = async (query: string, url = api.url) => {
    const response = await fetch(`${url}/v1/search`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return { status: response.status, body: (await response.json()) as Found };
  };

  it('replaces the index, in every process, and reports it', async () => {
    const other = await start();
    expect(await state()).toMatchObject({ source: 'catalogue', published: null, activity: null });
    const response = await put(linesOf(...range(100)));
    const result = (await response.json()) as { version: string };
    expect([response.status, result]).toEqual([
      200,
      {
        version: expect.stringMatching(/^import-/),
        movies: 100,
        skipped: 0,
        errors: [],
        embedded: 100,
        published: true,
      },
    ]);
    expect(await state()).toMatchObject({
      version: result.version,
      source: 'import',
      movies: 100,
      published: { version: result.version, movies: 100 },
      activity: { kind: 'import', state: 'succeeded', stage: 'publishing' },
      lastError: null,
    });
    await until('the other process has it', async () => (await state(other.url)).version === result.version);
    const found = await search('Imported 42', other.url);
    expect(found.body.results[0]?.movie.id).toBe(42);
    await other.close();
  });

  it('names the invalid lines, and imports nothing', async () => {
    const before = await state();
    const body = linesOf(
      movie(1),
      '{"id": 2',
      movie(3, { releaseDate: 'tomorrow', titel: 'x' }),
      movie(1),
      { id: 5 },
      movie(6, { overview: 'x'.repeat(300_000) }),
    );
    const response = await put(body);
    expect(response.headers.get('content-type')).toMatch('application/problem+json');
    const problem = (await response.json()) as Problem;
    expect(problem).toMatchObject({
      status: 400,
      type: 'urn:marquee:problem:invalid-import',
      'invalid-lines': 5,
    });
    expect(problem.errors).toEqual(
      expect.arrayContaining([
        { field: 'line 2', message: 'is not valid JSON' },
        { field: 'line 3', message: 'releaseDate: must be a date (YYYY-MM-DD) or a year (YYYY)' },
        { field: 'line 4', message: 'id: 1 is already in line 1' },
        { field: 'line 6', message: 'is longer than 262144 bytes' },
      ]),
    );
    expect(problem.errors.some(({ field, message }) => field === 'line 3' && message.includes('titel'))).toBe(
      true,
    );
    expect(await state()).toMatchObject({
      version: before.version,
      lastError: { message: expect.stringContaining('5 lines') },
    });
  });

  it('reports at most 50 errors', async () => {
    const response = await put(linesOf(...Array.from({ length: 500 }, () => '{}')));
    const problem = (await response.json()) as Problem;
    expect([problem.errors.length, problem['invalid-lines']]).toEqual([50, 500]);
  });

  it('imports the valid lines with partial=true, unless there are none', async () => {
    const response = await put(linesOf(movie(1), 'x', movie(2)), '?partial=true');
    expect(await response.json()).toMatchObject({
      movies: 2,
      skipped: 1,
      errors: [{ field: 'line 2', message: 'is not valid JSON' }],
    });
    expect((await put('x\ny', '?partial=true')).status).toBe(400);
    expect((await put('\n\n')).status).toBe(400);
    expect((await put('', '?partial=perhaps')).status).toBe(400);
    expect(await state()).toMatchObject({ movies: 2 });
  });

  it('creates only the vectors of new and changed movies', async () => {
    const texts = range(20).map((each) => ({ ...each, overview: `A plot of this test, ${each.id}` }));
    await put(linesOf(...texts));
    const changed = linesOf(
      { ...texts[0], voteCount: 7 },
      { ...texts[1], overview: 'Another plot.' },
      movie(21),
    );
    expect(await (await put(changed)).json()).toMatchObject({ movies: 3, embedded: 2 });
  });

  it('streams its progress', async () => {
    const texts = range(100).map((each) => ({ ...each, overview: `Progress ${each.id}` }));
    const response = await put(linesOf(...texts), '', { accept: ndjson });
    expect(response.headers.get('content-type')).toMatch(ndjson);
    const lines = (await response.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ stage: 'embedding', total: 100 });
    expect(lines.at(-1)).toMatchObject({ complete: true, movies: 100, published: true });
    const invalid = await put('x', '', { accept: ndjson });
    expect(invalid.status).toBe(400);
    expect(invalid.headers.get('content-type')).toMatch('application/problem+json');
  });

  it('refuses other media types, and a second import at the same time', async () => {
    expect((await put('{}', '', { 'content-type': 'application/json' })).status).toBe(415);
    expect((await put('a=b', '', { 'content-type': 'text/plain' })).status).toBe(415);
    const statuses = await Promise.all(
      [1, 2].map(async (first) => (await put(linesOf(...range(200), movie(1_000 + first)))).status),
    );
    expect(statuses.toSorted((a, b) => a - b)).toEqual([200, 409]);
  });

  it('accepts NDJSON on no other route', async () => {
    const response = await fetch(`${api.url}/v1/search`, {
      method: 'POST',
      headers: { 'content-type': ndjson },
      body: '{"query":"heat"}',
    });
    expect(response.status).toBe(415);
  });

  it('cancels the import if the client disconnects', async () => {
    const before = await state();
    const leaving = new AbortController();
    const upload = new ReadableStream({
      start(controller) {
        controller.enqueue(Buffer.from(`${linesOf(...range(50))}\n`));
      },
    });
    const request = fetch(`${api.url}/v1/admin/index/movies`, {
      method: 'PUT',
      headers: { 'content-type': ndjson },
      body: upload,
      duplex: 'half',
      signal: leaving.signal,
    });
    await until('it has started', async () => (await state()).activity?.state === 'running');
    leaving.abort();
    await expect(request).rejects.toThrow('aborted');
    await until('it has failed', async () => (await state()).activity?.state === 'failed');
    expect(await state()).toMatchObject({ version: before.version });
    expect((await put(linesOf(movie(1)))).status).toBe(200);
  });

  it('serves searches from the old index or the new one meanwhile', async () => {
    await put(linesOf(...range(200)));
    const sizes = new Set<number>();
    const statuses = new Set<number>();
    const importing = { isOver: false };
    const searchers = Array.from({ length: 50 }, async (_, searcher) => {
      for (let turn = 0; !importing.isOver; turn++) {
        const { status, body } = await search(`Imported ${searcher + 1} thief ${turn}`);
        statuses.add(status);
        sizes.add(body.index.movies);
      }
    });
    const response = await put(
      linesOf(...range(400).map((each) => ({ ...each, overview: `New ${each.id}` }))),
    );
    importing.isOver = true;
    await Promise.all(searchers);
    expect(response.status).toBe(200);
    expect([...statuses]).toEqual([200]);
    expect([...sizes].filter((size) => size !== 200 && size !== 400)).toEqual([]);
    expect((await search('Imported 399')).body.index.movies).toBe(400);
  });

  describe('POST /v1/admin/index/rebuild', () => {
    it('queues a rebuild, once', async () => {
      const rebuild = () => fetch(`${api.url}/v1/admin/index/rebuild`, { method: 'POST' });
      const first = await rebuild();
      expect([first.status, await first.json()]).toEqual([202, { state: 'queued' }]);
      expect(await (await rebuild()).json()).toMatchObject({
        status: 409,
        type: 'urn:marquee:problem:rebuild-under-way',
      });
      expect((await state()).rebuildRequestedAt).toMatch(/^20/);
    });
  });

  describe('npm run import', () => {
    let folder: string;
    beforeAll(() => void (folder = mkdtempSync(join(tmpdir(), 'marquee-import-'))));
    afterAll(() => rmSync(folder, { recursive: true }));

    const runImport = async (text: string, ...options: string[]) => {
      const file = join(folder, 'movies.ndjson');
      writeFileSync(file, text);
      const args = ['scripts/import.mjs', file, '--url', api.url, ...options];
      return run(process.execPath, args).then(
        ({ stdout }) => ({ code: 0, stdout, stderr: '' }),
        (error: { code: number; stdout: string; stderr: string }) => error,
      );
    };

    it('imports a file', async () => {
      const { code, stdout } = await runImport(linesOf(...range(5), 'x'), '--partial');
      expect([code, stdout]).toEqual([
        0,
        expect.stringMatching(/Imported 5 movies as version import-.*skipped 1/),
      ]);
      expect(stdout).toContain('line 6: is not valid JSON');
    });

    it('prints the invalid lines, and exits with code 1', async () => {
      const { code, stderr } = await runImport(linesOf(movie(1), 'x'));
      expect(code).toBe(1);
      expect(stderr).toContain('line 2: is not valid JSON');
    });

    it('says that there is no server', async () => {
      const { code, stderr } = await runImport(linesOf(movie(1)), '--url', 'http://127.0.0.1:1');
      expect([code, stderr]).toEqual([1, expect.stringContaining('No connection to http://127.0.0.1:1')]);
    });
  });

  describe('while Redis is away', () => {
    it('applies to this process, says so, and is published when Redis is back', async () => {
      await redis.kill();
      const response = await put(linesOf(...range(10)));
      expect([response.status, await response.json()]).toMatchObject([200, { movies: 10, published: false }]);
      expect(await state()).toMatchObject({ source: 'import', movies: 10, published: null });
      await redis.launch();
      await until('it is published', () => redis.redis.exists('prod:index:current'), 20_000);
    });
  });
});
