import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../fixtures/free-port.js';
import { isFree, ProcessTree, runningProcesses } from '../fixtures/process-tree.js';
import { until } from '../fixtures/until.js';

const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGKILL'] as const;
type Signal = (typeof signals)[number];

const everySignalTo = <T extends string>(...members: T[]): [Signal, T][] =>
  members.flatMap((member) => signals.map((signal): [Signal, T] => [signal, member]));

let tree: ProcessTree;

afterEach(() => tree.stop());

/** Waits for the member whose command line contains this text. */
const member = async (text: string): Promise<number> => {
  const found = await until(`${text} runs:\n${tree.output}`, () =>
    tree.members().find(({ command }) => command.includes(text)),
  );
  return found.pid;
};

const nothing = { processes: [], ports: [] };

/** What is left of these processes and of what listens on these ports, once all have ended or the time is over. */
async function leftOf(
  pids: readonly number[],
  ports: readonly number[],
  timeoutMs = 10_000,
): Promise<{ processes: string[]; ports: number[] }> {
  const endMs = performance.now() + timeoutMs;
  for (;;) {
    const processes = runningProcesses().filter(({ pid }) => pids.includes(pid));
    if (processes.length === 0 || performance.now() > endMs) {
      const free = await Promise.all(ports.map((port) => isFree(port)));
      return {
        processes: processes.map(({ pid, command }) => `${pid} ${command}`),
        ports: ports.filter((_, index) => !free[index]),
      };
    }
    await delay(100);
  }
}

describe('npm start', () => {
  const programs = {
    npm: 'npm start',
    launcher: 'scripts/start.mjs',
    api: 'dist/apps/api/main.js',
    worker: 'dist/apps/worker/main.js',
    Redis: 'redis-server unixsocket',
  } as const;
  let ports: [api: number, worker: number];

  const start = async (environment: Record<string, string> = {}): Promise<void> => {
    ports = [await freePort(), await freePort()];
    const [api, worker] = ports;
    tree = ProcessTree.start('start', {
      PORT: `${api}`,
      WORKER_PORT: `${worker}`,
      HOST: '127.0.0.1',
      LOG_FORMAT: 'json',
      ...environment,
    });
  };
  const untilItListens = async (): Promise<void> => {
    await until(`the worker listens:\n${tree.output}`, async () => !(await isFree(ports[1])), 30_000);
  };
  const ready = async (): Promise<void> => {
    await start();
    await untilItListens();
  };

  it.each(everySignalTo('npm', 'launcher', 'api'))(
    'leaves no process after %s to %s',
    async (signal, name) => {
      await ready();
      const members = tree.members();
      for (const program of Object.values(programs))
        expect(members.map(({ command }) => command)).toContainEqual(expect.stringContaining(program));
      const folder = /unixsocket:(\S+)\/redis\.sock/.exec(
        members.map(({ command }) => command).join('\n'),
      )?.[1];
      const pid = name === 'npm' ? tree.pid : await member(programs[name]);
      process.kill(pid, signal);
      const pids = members.map((entry) => entry.pid);
      expect(await leftOf(pids, ports)).toEqual(nothing);
      expect(existsSync(folder as string)).toBe(false);
    },
  );

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves no process after %s to npm during startup',
    async (signal) => {
      await start();
      await member(programs.api);
      const pids = tree.members().map(({ pid }) => pid);
      process.kill(tree.pid, signal);
      expect(await leftOf(pids, ports)).toEqual(nothing);
    },
  );

  it('kills a process that does not exit', async () => {
    await start({ SHUTDOWN_TIMEOUT_MS: '100' });
    await untilItListens();
    process.kill(await member(programs.worker), 'SIGSTOP');
    const pids = tree.members().map(({ pid }) => pid);
    process.kill(tree.pid, 'SIGTERM');
    expect(await leftOf(pids, ports, 30_000)).toEqual(nothing);
    expect(tree.output).toContain('Processes did not stop in time (SHUTDOWN_TIMEOUT_MS); killing them');
  });

  it('does not restart the worker during shutdown', async () => {
    await ready();
    process.kill(await member(programs.worker), 'SIGKILL');
    const pids = tree.members().map(({ pid }) => pid);
    process.kill(tree.pid, 'SIGTERM');
    expect(await leftOf(pids, ports)).toEqual(nothing);
    expect(tree.output.match(/"context":"Worker"[^\n]*"msg":"ready"/g)).toHaveLength(1);
  });
});

describe('npm test', () => {
  /** Stands for the suite: a server in the same process group, and a busy child of a child. */
  const suite = `
    import { spawn } from 'node:child_process';
    spawn('redis-server', ['--port', process.env.SUITE_PORT, '--save', ''], { stdio: 'ignore' });
    if (process.argv[2] === 'main') spawn(process.execPath, [process.argv[1], 'worker'], { stdio: 'ignore' });
    setInterval(() => undefined, 1000);
  `;
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'marquee-suite-'));
    await writeFile(join(folder, 'suite.mjs'), suite);
    const script = `#!/bin/sh\n"${process.execPath}" "${join(folder, 'suite.mjs')}" main && true\n`;
    // The npm that scripts/test.mjs runs, and tools that it would install otherwise.
    for (const name of ['npm', 'chromium', 'promtool']) {
      await writeFile(join(folder, name), script);
      await chmod(join(folder, name), 0o755);
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  // A shell that waits for a command leaves SIGINT to it.
  const cases = everySignalTo('npm', 'scripts/test.mjs', '/bin/sh', 'suite.mjs main').filter(
    ([signal, name]) => signal !== 'SIGINT' || name !== '/bin/sh',
  );

  it.each(cases)('leaves no process after %s to %s', async (signal, name) => {
    const port = await freePort();
    tree = ProcessTree.start('test', {
      PATH: [folder, dirname(process.execPath), process.env['PATH']].join(':'),
      SUITE_PORT: `${port}`,
    });
    await until(`the suite runs:\n${tree.output}`, async () => !(await isFree(port)), 30_000);
    await member('suite.mjs worker');
    const pids = tree.members().map(({ pid }) => pid);
    const pid = name === 'npm' ? tree.pid : await member(name);
    process.kill(pid, signal);
    expect(await leftOf(pids, [port])).toEqual(nothing);
  });
});

describe('scripts/start.mjs without npm', () => {
  it('outlives the shell that started it', async () => {
    // `node scripts/start.mjs &` in a shell that ends at once, as nohup and init scripts do.
    const launcher = fileURLToPath(new URL('../../scripts/start.mjs', import.meta.url));
    const port = await freePort();
    tree = ProcessTree.shell(`"${process.execPath}" "${launcher}" &`, {
      PORT: `${port}`,
      WORKER_PORT: '0',
      LOG_FORMAT: 'json',
    });
    const pid = await until('the launcher runs', () =>
      runningProcesses().find(({ command }) => command === `${process.execPath} ${launcher}`),
    );
    await until(`it serves:\n${tree.output}`, async () => !(await isFree(port)), 30_000);
    process.kill(pid.pid, 'SIGTERM');
    await until('it has ended', () => !runningProcesses().some((entry) => entry.pid === pid.pid));
    expect(await isFree(port)).toBe(true);
  });
});
