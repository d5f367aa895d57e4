import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
import { freePort } from '../fixtures/free-port.js';
import { sendJson } from '../fixtures/fake-upstream.js';
import { embeddingsResponse, OpenAiUpstream } from '../fixtures/openai-upstream.js';
import { until } from '../fixtures/until.js';

const post = (url: string, input: string): Promise<Response> =>
  fetch(`${url}/v1/embeddings`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'text-embedding-3-small', input }),
  });

/** Returns the processes whose command line contains this text. */
function processesNaming(text: string): string[] {
  return execFileSync('ps', ['-eo', 'pid,args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text));
}

describe('the built program', () => {
  let marquee: MarqueeProcess;
  let upstream: OpenAiUpstream;

  beforeAll(async () => {
    upstream = await OpenAiUpstream.start();
  });
  afterAll(() => upstream.stop());
  afterEach(async () => {
    await marquee.stop('SIGKILL');
    upstream.reset();
  });

  const start = (environment: Record<string, string> = {}): MarqueeProcess => {
    marquee = MarqueeProcess.start({ OPENAI_BASE_URL: upstream.baseUrl, ...environment });
    return marquee;
  };

  const embeddedFolder = async (): Promise<string> => {
    await marquee.ready();
    const redis = marquee.log.find(({ msg }) => msg === 'ready')?.['redis'] as string;
    return /unix:\/\/(\S+)\/redis\.sock/.exec(redis)?.[1] as string;
  };

  describe('with the embedded Redis', () => {
    it('serves, and stops its Redis on SIGTERM', async () => {
      const url = await start().ready();
      await post(url, 'a');
      const second = await post(url, 'a');
      expect(second.headers.get('cache-status')).toBe('marquee; hit');
      const folder = await embeddedFolder();
      expect(processesNaming(folder)).not.toEqual([]);
      expect((await marquee.stop('SIGTERM')).code).toBe(0);
      expect(processesNaming(folder)).toEqual([]);
    });

    it('stops its Redis on SIGINT', async () => {
      start();
      const folder = await embeddedFolder();
      expect((await marquee.stop('SIGINT')).code).toBe(0);
      expect(processesNaming(folder)).toEqual([]);
    });

    it('leaves no orphan process when killed with -9', async () => {
      start();
      const folder = await embeddedFolder();
      await marquee.stop('SIGKILL');
      await until('the embedded Redis is gone', () => processesNaming(folder).length === 0);
    });

    it('restarts it when it dies, and serves in the meantime', async () => {
      const url = await start().ready();
      const folder = await embeddedFolder();
      const [pid] = processesNaming(`redis-server unixsocket:${folder}`).map((line) =>
        Number.parseInt(line, 10),
      );
      process.kill(pid as number, 'SIGKILL');
      expect((await post(url, 'b')).status).toBe(200);
      const isBack = async (): Promise<boolean> =>
        (await (await fetch(`${url}/v1/health`)).text()).includes('"redis_status":"healthy"');
      await until('Redis is used again', isBack, 30_000).catch((error: Error) => {
        throw new Error(`${error.message}:\n${marquee.output}`);
      });
    });

    it('runs without it and prints how to install it if there is no binary', async () => {
      const url = await start({ PATH: '/nonexistent' }).ready();
      expect((await post(url, 'c')).status).toBe(200);
      expect(marquee.log.map(({ msg }) => msg).join()).toContain(
        'no redis-server or valkey-server is installed. Install it',
      );
      expect(await (await fetch(`${url}/v1/health`)).json()).toMatchObject({
        redis_status: 'not_initialized',
      });
    });
  });

  describe('shutdown', () => {
    it('finishes requests in progress without failing any', async () => {
      const url = await start().ready();
      let release = (): void => undefined;
      const asked = new Promise<void>((resolve) => {
        upstream.misbehave((call, response) => {
          release = () => sendJson(response, 200, embeddingsResponse(call, 1536));
          resolve();
        });
      });
      const response = post(url, 'slow');
      await asked;
      marquee.child.kill('SIGTERM');
      await until('it is draining', () => marquee.log.some(({ msg }) => msg.startsWith('Draining')));
      release();
      expect((await response).status).toBe(200);
      expect((await marquee.exit()).code).toBe(0);
    });

    it('does not wait for sockets that were opened in advance', async () => {
      const { port } = new URL(await start().ready());
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      const { code, output } = await marquee.stop('SIGTERM');
      expect([code, output.includes('Not drained')]).toEqual([0, false]);
      socket.destroy();
    });

    it('closes connections whose requests do not finish in time', async () => {
      const url = await start({
        SHUTDOWN_TIMEOUT_MS: '200',
        UPSTREAM_TIMEOUT_MS: '1000',
        UPSTREAM_RETRY_ATTEMPTS: '0',
      }).ready();
      const asked = new Promise<void>((resolve) => upstream.misbehave(() => resolve()));
      const response = post(url, 'never').then(
        () => 'answered',
        () => 'cut',
      );
      await asked;
      const { code, output } = await marquee.stop('SIGTERM');
      expect([code, await response]).toEqual([0, 'cut']);
      expect(output).toContain('Not drained within 200 ms (SHUTDOWN_TIMEOUT_MS)');
    });
  });

  describe('refuses to start with one clear message', () => {
    it('when the port is in use', async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const { code, output } = await start({ PORT: `${port}` }).exit();
      server.close();
      expect(code).toBe(1);
      expect(output).toContain(
        `Port ${port} on 127.0.0.1 is in use. Stop the program that uses it, or choose another port: PORT=${port + 1} npm start`,
      );
    });

    it('when variables are invalid, all of which it reports at once', async () => {
      const { code, output } = await start({
        PORT: 'x',
        REDIS_STARTUP: 'y',
        REDIS_URL: 'http://:hunter2@z',
      }).exit();
      expect(code).toBe(1);
      for (const variable of ['PORT', 'REDIS_STARTUP', 'REDIS_URL'])
        expect(output).toContain(`  ${variable}: must be`);
      expect(output).not.toContain('hunter2');
      expect(output).not.toContain('    at ');
    });

    it('when Redis is unavailable and REDIS_STARTUP=fail-fast, with address, reason and fix', async () => {
      const port = await freePort();
      const startedMs = performance.now();
      const { code, output } = await start({
        REDIS_URL: `redis://:hunter2@127.0.0.1:${port}`,
        REDIS_STARTUP: 'fail-fast',
      }).exit();
      expect(code).toBe(1);
      expect(performance.now() - startedMs).toBeLessThan(5000 + 3000);
      expect(output).toContain(`Redis at redis://127.0.0.1:${port} cannot be used: ECONNREFUSED.`);
      expect(output).toContain('Start the server, correct REDIS_URL');
      expect(output).not.toContain('hunter2');
    });
  });
});

describe('npm start', () => {
  it('runs the API and the worker on one embedded Redis, and stops them together', async () => {
    const launcher = MarqueeProcess.start({}, 'launcher');
    const url = await launcher.ready();
    await until('the worker has published', async () => {
      const response = await fetch(`${url}/v1/trending?limit=3`);
      const body = (await response.json()) as { stale: boolean; ids: number[] };
      return !body.stale && body.ids.length === 3;
    });
    const redis = launcher.log.find(({ msg, embeddings }) => msg === 'ready' && embeddings)?.[
      'redis'
    ] as string;
    const folder = /unix:\/\/(\S+)\/redis\.sock/.exec(redis)?.[1] as string;
    expect(processesNaming(folder)).not.toEqual([]);
    expect((await launcher.stop('SIGTERM')).code).toBe(0);
    expect(processesNaming(folder)).toEqual([]);
    expect(launcher.output).not.toMatch(/share the cache's Redis/);
  });

  it('restarts a worker that died', async () => {
    const launcher = MarqueeProcess.start({}, 'launcher');
    await launcher.ready();
    const workers = () => launcher.log.filter(({ msg, context }) => msg === 'ready' && context === 'Worker');
    const first = await until('the worker is ready', () => workers()[0]);
    process.kill(first['pid'] as number, 'SIGKILL');
    await until('another one is', () => workers().length === 2);
    expect((await launcher.stop('SIGTERM')).code).toBe(0);
  });
});

describe('docker/redis.conf', () => {
  it('matches the settings of the embedded server', () => {
    const conf = readFileSync(new URL('../../docker/redis.conf', import.meta.url), 'utf8');
    for (const line of ['maxmemory 450mb', 'maxmemory-policy volatile-lru', 'save ""', 'appendonly no']) {
      expect(conf.split('\n')).toContain(line);
    }
  });
});
