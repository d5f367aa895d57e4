// The API and the worker beside it, started, restarted and ended together.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { root } from './prerequisites.mjs';

/** A worker that ended is started again after this. */
const restartMs = 2000;
/** What a process may take to end beyond SHUTDOWN_TIMEOUT_MS: a collector of traces that is away takes 10 s. */
const graceMs = 12_000;
const defaultShutdownTimeoutMs = 10_000;

/**
 * Runs the API, and the worker on the same Redis. The end of the API, or a signal to this process, ends all of them,
 * by force after SHUTDOWN_TIMEOUT_MS and a grace period.
 *
 * @param {{ api: string, worker: string }} entries the programs' files
 * @param {() => boolean} usesEmbeddedRedis whether the worker has to wait for the URL of the API's private Redis
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
      if (!stopping) setTimeout(() => startWorker(environment), restartMs);
      endWhenAlone();
    });
  };
  const endWhenAlone = () => {
    if (exitCode !== undefined && !running.worker) process.exit(exitCode);
  };
  const stop = (signal) => {
    if (!stopping) setTimeout(killAll, shutdownTimeoutMs() + graceMs).unref();
    stopping = true;
    running.worker?.kill(signal);
    running.api.kill(signal);
  };
  const killAll = () => {
    console.error('Not ended in time (SHUTDOWN_TIMEOUT_MS); killing what is left');
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
    endWhenAlone();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(signal));
}

function shutdownTimeoutMs() {
  return Number(process.env.SHUTDOWN_TIMEOUT_MS) || defaultShutdownTimeoutMs;
}

/** The IPC channel tells it of this process's death, by whatever cause. */
function launch(entry, environment) {
  return spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { LOG_FORMAT: 'pretty', ...process.env, ...environment },
  });
}
