import { type ChildProcess, fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { freePort } from '../fixtures/free-port.js';
import type { ServerName } from './servers.js';

/** A server in its own process. */
export interface Served {
  readonly url: string;
  readonly pid: number;
  /** Time from its start to its first response. */
  readonly readyMs: number;
  readonly stop: () => Promise<unknown>;
}

const children = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Forks a program that ends with this process, so that a failed benchmark leaves none running. */
export function forkProgram(
  file: string,
  args: readonly string[] = [],
  options: ForkOptions = {},
): ChildProcess {
  const child = fork(file, args, options);
  children.add(child);
  return child;
}

/** Runs this program with other arguments in a separate process. */
export const forkSelf = (...args: string[]): ChildProcess =>
  forkProgram(join(process.cwd(), 'dist', 'test', 'bench', 'main.js'), args);

/** Starts one of the servers that Marquee is compared with. */
export const serve = (name: ServerName, redisPort: number): Promise<Served> =>
  served(() => forkSelf('serve', name, String(redisPort)));

/** Waits until a program sends the URL that it listens on. */
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

/** Starts Marquee as in production, without its log. */
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
