// `npm start`: from a bare clone to a running Marquee.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import {
  checkNode,
  ensureDependencies,
  ensureRedisServer,
  PrerequisiteError,
  root,
  run,
} from './prerequisites.mjs';

const entries = {
  api: join(root, 'dist', 'apps', 'api', 'main.js'),
  worker: join(root, 'dist', 'apps', 'worker', 'main.js'),
};
/** A worker that died is started anew after so long. */
const restartMs = 2000;
const sources = ['apps', 'libs', 'scripts', 'package-lock.json', 'nest-cli.json', 'tsconfig.json'].map(
  (name) => join(root, name),
);

await run(() => {
  checkNode();
  ensureDependencies();
  if (usesEmbeddedRedis()) {
    const remedy = ensureRedisServer();
    if (remedy) console.warn(`No Redis server could be installed here. ${remedy}`);
  }
  build();
  serve();
});

function usesEmbeddedRedis() {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  return !process.env.REDIS_URL && !process.env.REDIS_HOST;
}

function build() {
  const isFresh = (entry) => existsSync(entry) && newest(sources) < statSync(entry).mtimeMs;
  if (Object.values(entries).every(isFresh)) return;
  console.log('Building …');
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  for (const app of Object.keys(entries)) {
    const { status, stdout, stderr } = spawnSync(process.execPath, [nest, 'build', app], {
      cwd: root,
      encoding: 'utf8',
    });
    if (status !== 0) throw new PrerequisiteError(`The build of ${app} failed:\n${stdout}${stderr}`);
  }
}

/** Latest change of these files and of all within these folders, in ms. */
function newest(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      if (!stat.isDirectory()) return stat.mtimeMs;
      return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => newest([join(path, name)])));
    }),
  );
}

/** Runs the API, and the worker beside it on the same Redis. The API's end ends both. */
function serve() {
  const running = { api: undefined, worker: undefined };
  let stopping = false;
  let exitCode;

  const startWorker = (environment) => {
    running.worker = launch(entries.worker, { WORKER_PORT: process.env.WORKER_PORT || '0', ...environment });
    running.worker.on('exit', () => {
      running.worker = undefined;
      if (!stopping) setTimeout(() => !stopping && startWorker(environment), restartMs);
      endWhenAlone();
    });
  };
  const endWhenAlone = () => {
    if (exitCode !== undefined && !running.worker) process.exit(exitCode);
  };

  running.api = launch(entries.api, {});
  running.api.on('message', ({ embeddedRedis }) => {
    if (embeddedRedis) startWorker({ REDIS_URL: embeddedRedis });
    else if (!usesEmbeddedRedis()) startWorker({});
  });
  running.api.on('exit', (code, signal) => {
    stopping = true;
    exitCode = code ?? 128 + constants.signals[signal];
    running.worker?.kill('SIGTERM');
    endWhenAlone();
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopping = true;
      running.worker?.kill(signal);
      running.api.kill(signal);
    });
  }
}

/** The IPC channel tells it of this process's death, by whatever cause. */
function launch(entry, environment) {
  return spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { LOG_FORMAT: 'pretty', ...process.env, ...environment },
  });
}
