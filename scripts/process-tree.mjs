// Child processes that never outlive their parent. Uses only Node and sh, because `npm start` needs it before packages are
// installed.
import { spawn } from 'node:child_process';

/** The package.json scripts set this variable to the pid of npm. */
const runnerVariable = 'MARQUEE_RUNNER';
const pollMs = 500;
/** File descriptor of the pipe whose other end only this process holds. */
const tetherFd = 3;

/**
 * Starts a watcher in the command's process group that waits on a pipe held only by the parent. When the parent ends, even
 * by kill -9, the pipe closes and the watcher stops the group: SIGTERM first, SIGKILL two seconds later. The command then
 * replaces the shell, so that the child's pid is the command's.
 */
const tetherScript = `
( exec </dev/null >/dev/null 2>&1; trap '' HUP INT TERM
  read -r end <&${tetherFd}; kill -TERM 0; sleep 2; kill -KILL 0 ) &
exec "$@" ${tetherFd}<&-
`;

/**
 * Calls back once when npm, which ran this script, has ended. Its death closes no pipe and sends no signal, so this polls
 * for a changed parent pid. Does nothing in a script that was started without npm.
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
 * Spawns a command in its own process group. The group ends with the command and never outlives this process.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('./process-tree.d.mts').TetherOptions} [options]
 * @returns {import('node:child_process').ChildProcess}
 */
export function spawnTethered(
  command,
  args,
  { stdio = ['ignore', 'pipe', 'pipe'], keepGroup, ...options } = {},
) {
  const child = spawn('/bin/sh', ['-c', tetherScript, 'tether', command, ...args], {
    ...options,
    detached: true,
    stdio: [...stdio, 'pipe'],
  });
  const tether = child.stdio[tetherFd];
  // Nothing is written to the pipe. It breaks when the group is killed, which is expected.
  tether?.on('error', () => undefined);
  tether?.unref();
  if (!keepGroup) child.once('exit', () => killGroup(child));
  return child;
}

/** Kills the remaining process group of a child that `spawnTethered` started. */
export function killGroup(child) {
  child.stdio[tetherFd]?.destroy();
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // ESRCH: no process of the group is left.
    if (error.code !== 'ESRCH') throw error;
  }
}

/**
 * Runs a command until it exits. It never outlives this process.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('./process-tree.d.mts').TetherOptions} [options]
 * @returns {Promise<{ status: number | null, output: string }>} the exit status, and the output of the streams that `stdio` pipes
 */
export function runTethered(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawnTethered(command, args, options);
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk));
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, output }));
  });
}
