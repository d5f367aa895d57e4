// `npm start`: from a bare clone to a running Marquee.
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
import { onRunnerExit, runOnLeash } from './process-tree.mjs';
import { serve } from './serve.mjs';

const entries = {
  api: join(root, 'dist', 'apps', 'api', 'main.js'),
  worker: join(root, 'dist', 'apps', 'worker', 'main.js'),
};
const sources = ['apps', 'libs', 'scripts', 'package-lock.json', 'nest-cli.json', 'tsconfig.json'].map(
  (name) => join(root, name),
);

let isServing = false;
// Before it serves there is nothing to drain: installs and builds are on a leash.
onRunnerExit(() => (isServing ? process.kill(process.pid, 'SIGTERM') : process.exit(1)));

await run(async () => {
  checkNode();
  await ensureDependencies();
  if (usesEmbeddedRedis()) {
    const remedy = await ensureRedisServer();
    if (remedy) console.warn(`No Redis server could be installed here. ${remedy}`);
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
  const isFresh = (entry) => existsSync(entry) && newest(sources) < statSync(entry).mtimeMs;
  if (Object.values(entries).every(isFresh)) return;
  console.log('Building …');
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  for (const app of Object.keys(entries)) {
    const { status, output } = await runOnLeash(process.execPath, [nest, 'build', app], { cwd: root });
    if (status !== 0) throw new PrerequisiteError(`The build of ${app} failed:\n${output}`);
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
