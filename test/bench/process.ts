import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { MarqueeProcess } from '../fixtures/marquee-process.js';
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
  const startedMs = performance.now();
  const marquee = MarqueeProcess.start({ NODE_ENV: 'production', ...variables });
  const url = await marquee.ready();
  return { url, pid: marquee.pid, readyMs: performance.now() - startedMs, stop: () => marquee.stop() };
}
