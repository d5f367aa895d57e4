// Runs the API and the worker as child processes.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './prerequisites.mjs';

/** Delay before a worker that exited is restarted. */
const restartDelayMs = 2000;
/** Time that a process gets beyond SHUTDOWN_TIMEOUT_MS: flushing traces to an unreachable collector takes 10 s. */
const graceMs = 12_000;
const defaultShutdownTimeoutMs = 10_000;

/**
 * Runs the API and the worker on the same Redis. When the API exits or this process receives a signal, all of them are
 * stopped, and killed if they are still running after SHUTDOWN_TIMEOUT_MS and a grace period.
 *
 * @param {{ api: string, worker: string }} entries paths of the built programs
 * @param {() => boolean} usesEmbeddedRedis whether the worker must wait for the URL of the API's embedded Redis
 */
export function serve(entries, usesEmbeddedRedis) {
  const running = { api: undefined, worker: undefined };
  let stopping = false;
  let exitCode;

  const startWorker = (environment) => {
    if (stopping) return;
    running.worker = launch(entries.worker, { WORKER_PORT: process.env.WORKER_PORT || '0', ...environment });
    running.worker.on('exit', () => {
      running.worker = undefined;
      if (!stopping) setTimeout(() => startWorker(environment), restartDelayMs);
      exitWhenStopped();
    });
  };
  const exitWhenStopped = () => {
    if (exitCode !== undefined && !running.worker) process.exit(exitCode);
  };
  const stop = (signal) => {
    if (!stopping) setTimeout(killAll, shutdownTimeoutMs() + graceMs).unref();
    stopping = true;
    running.worker?.kill(signal);
    running.api.kill(signal);
  };
  const killAll = () => {
    console.error('Processes did not stop in time (SHUTDOWN_TIMEOUT_MS); killing them');
    running.worker?.kill('SIGKILL');
    running.api.kill('SIGKILL');
  };

  running.api = launch(entries.api, {});
  running.api.on('message', ({ embeddedRedis }) => {
    if (embeddedRedis) startWorker({ REDIS_URL: embeddedRedis });
    else if (!usesEmbeddedRedis()) startWorker({});
  });
  running.api.on('exit', (code, signal) => {
    exitCode = code ?? 128 + constants.signals[signal];
    stop('SIGTERM');
    exitWhenStopped();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
}

function shutdownTimeoutMs() {
  return Number(process.env.SHUTDOWN_TIMEOUT_MS) || defaultShutdownTimeoutMs;
}

/** Starts a program with an IPC channel, which closes when this process dies, so that the program can stop too. */
function launch(entry, environment) {
  return spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { LOG_FORMAT: 'pretty', ...process.env, ...environment },
  });
}
