import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
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

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Forks a program that ends with this process: a benchmark that fails leaves none behind. */
export function forkProgram(
  file: string,
  args: readonly string[] = [],
  options: ForkOptions = {},
): ChildProcess {
  const child = fork(file, args, options);
  children.add(child);
  return child;
}

/** What this program does where its arguments say so, in a process of its own. */
export const forkSelf = (...args: string[]): ChildProcess =>
  forkProgram(join(process.cwd(), 'dist', 'test', 'bench', 'main.js'), args);

/** One of the servers beside Marquee. */
export const serve = (name: ServerName, redisPort: number): Promise<Served> =>
  served(() => forkSelf('serve', name, String(redisPort)));

/** A program that tells its URL when it listens. */
export async function served(start: () => ChildProcess): Promise<Served> {
  const startedMs = performance.now();
  const child = start();
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
  const child = forkProgram(join(process.cwd(), 'dist', 'apps', 'api', 'main.js'), [], {
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
