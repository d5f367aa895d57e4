// Processes that end together. Uses nothing but Node and sh: `npm start` needs it before anything is installed.
import { spawn } from 'node:child_process';

/** The package.json scripts pass the pid of npm here, taken before anything else runs. */
const runnerVariable = 'MARQUEE_RUNNER';
const pollMs = 500;
/** Index of the pipe that only this process holds. */
const leashFd = 3;

/**
 * A watcher in the command's process group waits on a pipe that only the parent holds. When the parent ends in any
 * way, kill -9 included, the pipe closes, and the watcher ends the group: SIGTERM first, SIGKILL two seconds later.
 * The command replaces the shell, so its pid is the child's.
 */
const onLeash = `
( exec </dev/null >/dev/null 2>&1; trap '' HUP INT TERM
  read -r end <&${leashFd}; kill -TERM 0; sleep 2; kill -KILL 0 ) &
exec "$@" ${leashFd}<&-
`;

/**
 * Calls back once when the process that ran this script (npm) is gone: its death closes no pipe of ours and sends no
 * signal, but it changes the parent. A script that was started directly, without npm, outlives whatever started it.
 */
export function onRunnerExit(callback) {
  const runner = Number(process.env[runnerVariable]);
  delete process.env[runnerVariable];
  if (!runner) return;
  const timer = setInterval(check, pollMs);
  timer.unref();
  check();

  function check() {
    if (process.ppid === runner) return;
    clearInterval(timer);
    callback();
  }
}

/**
 * Spawns a command in a process group of its own that never outlives this process, and that ends with the command.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('./process-tree.d.mts').LeashOptions} [options]
 * @returns {import('node:child_process').ChildProcess}
 */
export function spawnOnLeash(
  command,
  args,
  { stdio = ['ignore', 'pipe', 'pipe'], keepGroup, ...options } = {},
) {
  const child = spawn('/bin/sh', ['-c', onLeash, 'on-leash', command, ...args], {
    ...options,
    detached: true,
    stdio: [...stdio, 'pipe'],
  });
  const leash = child.stdio[leashFd];
  // Nothing is ever written to it; that it breaks when the group is killed is expected.
  leash?.on('error', () => undefined);
  leash?.unref();
  if (!keepGroup) child.once('exit', () => killGroup(child));
  return child;
}

/** Kills what is left of the process group of a child that `spawnOnLeash` started. */
export function killGroup(child) {
  child.stdio[leashFd]?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Nothing is left of the group.
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Runs a command to its end, on a leash.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('./process-tree.d.mts').LeashOptions} [options]
 * @returns {Promise<{ status: number | null, output: string }>} with what it wrote, where `stdio` pipes it
 */
export function runOnLeash(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawnOnLeash(command, args, options);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
