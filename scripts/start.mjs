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

const entry = join(root, 'dist', 'apps', 'api', 'main.js');
const sources = ['apps', 'libs', 'package-lock.json', 'nest-cli.json', 'tsconfig.json'].map((name) =>
  join(root, name),
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
  if (existsSync(entry) && newest(sources) < statSync(entry).mtimeMs) return;
  console.log('Building …');
  const nest = join(root, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  const { status, stdout, stderr } = spawnSync(process.execPath, [nest, 'build', 'api'], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new PrerequisiteError(`The build failed:\n${stdout}${stderr}`);
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

function serve() {
  // The IPC channel tells Marquee of this process's death, by whatever cause.
  const marquee = spawn(process.execPath, ['--enable-source-maps', entry], {
    cwd: root,
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    env: { LOG_FORMAT: 'pretty', ...process.env },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => marquee.kill(signal));
  marquee.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}
