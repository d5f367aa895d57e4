import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../fixtures/free-port.js';
import type { ServerName } from './servers.js';

/** A server in a process of its own. */
export interface Served {
  readonly url: string;
  readonly pid: number;
  /** From its start to its first answer. */
  readonly readyMs: number;
  readonly stop: () => Promise<unknown>;
}

/** One of the servers beside Marquee. */
export async function serve(name: ServerName, redisPort: number): Promise<Served> {
  const startedMs = performance.now();
  const child: ChildProcess = fork(join(process.cwd(), 'dist', 'test', 'bench', 'main.js'), [
    'serve',
    name,
    String(redisPort),
  ]);
  endWithUs(child);
  const [{ url }] = (await once(child, 'message')) as [{ url: string }];
  return {
    url,
    pid: child.pid as number,
    readyMs: performance.now() - startedMs,
    stop: async () => {
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

/** Marquee itself, as it is run in production, its log thrown away. */
export async function serveMarquee(variables: Record<string, string>): Promise<Served> {
  const { PATH = '', HOME = '' } = process.env;
  const port = await freePort();
  const startedMs = performance.now();
  const child = fork(join(process.cwd(), 'dist', 'apps', 'api', 'main.js'), [], {
    env: {
      PATH,
      HOME,
      NODE_ENV: 'production',
      PORT: String(port),
      MAX_REQUESTS_PER_WINDOW: '1000000000',
      ...variables,
    },
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
  });
  endWithUs(child);
  const ended = once(child, 'exit');
  await Promise.race([
    once(child, 'message'),
    ended.then(() => Promise.reject(new Error(`Marquee did not start with ${JSON.stringify(variables)}`))),
  ]);
  return {
    url: `http://127.0.0.1:${port}`,
    pid: child.pid as number,
    readyMs: performance.now() - startedMs,
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** A benchmark that fails leaves nothing behind. */
const endWithUs = (child: ChildProcess): void => void process.once('exit', () => child.kill('SIGKILL'));
