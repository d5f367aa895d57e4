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

/** A benchmark that fails leaves none behind. */
const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** One of the servers beside Marquee. */
export const serve = (name: ServerName, redisPort: number): Promise<Served> =>
  serveProgram(join(process.cwd(), 'dist', 'test', 'bench', 'main.js'), ['serve', name, String(redisPort)]);

/** A program that tells its URL when it listens. */
export async function serveProgram(file: string, args: readonly string[] = []): Promise<Served> {
  const startedMs = performance.now();
  const child = fork(file, args);
  children.add(child);
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
  children.add(child);
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
