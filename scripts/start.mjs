// `npm start`: installs and builds what is missing, then runs the API and the worker.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  checkNode,
  ensureDependencies,
  ensureRedisServer,
  PrerequisiteError,
  root,
  run,
} from './prerequisites.mjs';
import { onRunnerExit, runTethered } from './process-tree.mjs';
import { serve } from './serve.mjs';

const entries = {
  api: join(root, 'dist', 'apps', 'api', 'main.js'),
  worker: join(root, 'dist', 'apps', 'worker', 'main.js'),
};
const sources = ['apps', 'libs', 'scripts', 'package-lock.json', 'nest-cli.json', 'tsconfig.json'].map(
  (name) => join(root, name),
);

let isServing = false;
// Before the servers start there is nothing to drain. Installations and builds end with this process.
onRunnerExit(() => (isServing ? process.kill(process.pid, 'SIGTERM') : process.exit(1)));

await run(async () => {
  checkNode();
  await ensureDependencies();
  if (usesEmbeddedRedis()) {
    const manualStep = await ensureRedisServer();
    if (manualStep) console.warn(`Could not install a Redis server. ${manualStep}`);
  }
  await build();
  isServing = true;
  serve(entries, usesEmbeddedRedis);
});

function usesEmbeddedRedis() {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'));
  return !process.env.REDIS_URL && !process.env.REDIS_HOST;
}

async function build() {
  const isFresh = (entry) => existsSync(entry) && latestChangeMs(sources) < statSync(entry).mtimeMs;
  if (Object.values(entries).every(isFresh)) return;
  console.log('Building …');
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  for (const app of Object.keys(entries)) {
    const { status, output } = await runTethered(process.execPath, [nest, 'build', app], { cwd: root });
    if (status !== 0) throw new PrerequisiteError(`Building ${app} failed:\n${output}`);
  }
}

/** Returns the latest modification time of these files and folders, recursively. */
function latestChangeMs(paths) {
  return Math.max(
    ...paths.map((path) => {
      const stat = statSync(path);
      if (!stat.isDirectory()) return stat.mtimeMs;
      return Math.max(stat.mtimeMs, ...readdirSync(path).map((name) => latestChangeMs([join(path, name)])));
    }),
  );
}
