// What a bare clone lacks. Uses nothing but Node, for nothing is installed yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runOnLeash } from './process-tree.mjs';

export const root = join(import.meta.dirname, '..');

const [oldestMajor, oldestMinor] = [20, 19];
const lockMark = join(root, 'node_modules', '.marquee-lock');

/** Something that the reader can mend: shown without a stack. */
export class PrerequisiteError extends Error {}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return;
  throw new PrerequisiteError(
    `Marquee needs Node ${oldestMajor}.${oldestMinor} or later, and this is ${process.versions.node}. Install one from https://nodejs.org.`,
  );
}

/** Runs `npm ci` where node_modules is absent or of another lock file. */
export async function ensureDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(lockMark) && readFileSync(lockMark, 'utf8') === lock) return;
  if (isInstalledByHand()) return writeFileSync(lockMark, lock);
  console.log('Installing the packages of package-lock.json (npm ci) …');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { status } = await runOnLeash(
    npm[0],
    [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) throw new PrerequisiteError('npm ci failed: see its message above.');
  writeFileSync(lockMark, lock);
}

/** Whether node_modules holds what the lock file names: npm writes a list of what it has installed. */
function isInstalledByHand() {
  const list = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(list);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    // The package itself has no place in node_modules; optional ones are for other platforms.
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/** @returns {string | undefined} the path of the first program of these names on PATH */
export function findProgram(...names) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

// The first that is here is used. Homebrew wants no root, the others do.
const managers = [
  {
    program: 'apt-get',
    steps: [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', 'redis-server'],
    ],
    asRoot: true,
  },
  { program: 'dnf', steps: [['install', '-y', '-q', 'redis']], asRoot: true },
  { program: 'apk', steps: [['add', '--quiet', 'redis']], asRoot: true },
  { program: 'pacman', steps: [['-S', '--noconfirm', 'valkey']], asRoot: true },
  { program: 'brew', steps: [['install', '--quiet', 'redis']], asRoot: false },
];

/**
 * Installs a Redis server where the system's package manager does so without a password.
 *
 * @returns {Promise<string | undefined>} what to do by hand where there still is none
 */
export async function ensureRedisServer() {
  if (findProgram('redis-server', 'valkey-server')) return undefined;
  const manager = managers.find(({ program }) => findProgram(program));
  if (!manager)
    return 'Install redis-server or valkey-server (https://redis.io/docs/latest/operate/oss_and_stack/install/).';
  const sudo = manager.asRoot && process.getuid?.() !== 0 ? ['sudo', '-n'] : [];
  const byHand = `Install a Redis server: ${manager.asRoot ? 'sudo ' : ''}${manager.program} ${manager.steps
    .at(-1)
    .filter((word) => !word.startsWith('-q') && !word.startsWith('--'))
    .join(' ')}`;
  console.log(`Installing redis-server with ${manager.program} …`);
  for (const step of manager.steps) {
    const { status } = await install([...sudo, manager.program, ...step]);
    if (status !== 0) return byHand;
  }
  return findProgram('redis-server', 'valkey-server') ? undefined : byHand;
}

/** What single tests need beyond Redis: Chromium for the console, promtool for the alerts. */
const testTools = [
  { programs: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' },
  { programs: ['promtool'], package: 'prometheus' },
];

/**
 * Installs them on Debian and its like where that needs no password. The tests that need one that is not there are skipped.
 *
 * @returns {Promise<string[]>} the packages that are lacking
 */
export async function ensureTestTools() {
  const lacking = testTools.filter(({ programs }) => !findProgram(...programs)).map((tool) => tool.package);
  if (lacking.length === 0 || process.getuid?.() !== 0 || !findProgram('apt-get')) return lacking;
  console.log(`Installing ${lacking.join(' and ')} with apt-get …`);
  await install(['apt-get', 'update', '-qq']);
  await install(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...lacking]);
  return testTools.filter(({ programs }) => !findProgram(...programs)).map((tool) => tool.package);
}

/**
 * Runs one step of a package manager, and leaves it to finish when this process is killed: half a step would leave the
 * system's packages broken.
 */
function install([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      detached: true,
      stdio: 'ignore',
      timeout: 300_000,
      // Debian starts a service on port 6379 after an install: we want the program alone.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
    child.once('error', () => resolve({ status: null }));
    child.once('exit', (status) => resolve({ status }));
  });
}

/** Runs a script's main function and shows what the reader can mend as one message. */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    console.error(`\n${error instanceof PrerequisiteError ? error.message : error.stack}\n`);
    process.exit(1);
  }
}
