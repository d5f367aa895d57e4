// Installs what a fresh clone needs. Uses only Node's own modules, because no package is installed yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { runTethered } from './process-tree.mjs';

export const root = join(import.meta.dirname, '..');

const [minMajor, minMinor] = [20, 19];
const lockDigestFile = join(root, 'node_modules', '.marquee-lock');

/** An error that the user can fix. It is printed without a stack trace. */
export class PrerequisiteError extends Error {}

export function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > minMajor || (major === minMajor && minor >= minMinor)) return;
  throw new PrerequisiteError(
    `Marquee requires Node ${minMajor}.${minMinor} or later, but this is ${process.versions.node}. Install a newer version from https://nodejs.org.`,
  );
}

/** Runs `npm ci` if node_modules is missing or does not match the lock file. */
export async function ensureDependencies() {
  const lock = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(lockDigestFile) && readFileSync(lockDigestFile, 'utf8') === lock) return;
  if (matchesLockFile()) return writeFileSync(lockDigestFile, lock);
  console.log('Installing packages (npm ci) …');
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ['npm'];
  const { status } = await runTethered(
    npm[0],
    [...npm.slice(1), 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (status !== 0) throw new PrerequisiteError('npm ci failed. See its output above.');
  writeFileSync(lockDigestFile, lock);
}

/** Compares the lock file with the list of installed packages that npm writes to node_modules. */
function matchesLockFile() {
  const list = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(list)) return false;
  const packagesOf = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;
  const installed = packagesOf(list);
  return Object.entries(packagesOf(join(root, 'package-lock.json'))).every(
    // Skips the project itself and optional packages, which may be for other platforms.
    ([path, { version, optional }]) => path === '' || optional || installed[path]?.version === version,
  );
}

/** @returns {string | undefined} the path of the first program on PATH with one of these names */
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

// The first available package manager is used. All of them but Homebrew require root.
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
 * Installs a Redis server if the system's package manager can do so without a password.
 *
 * @returns {Promise<string | undefined>} instructions for installing one manually, if there is still no server
 */
export async function ensureRedisServer() {
  if (findProgram('redis-server', 'valkey-server')) return undefined;
  const manager = managers.find(({ program }) => findProgram(program));
  if (!manager)
    return 'Install redis-server or valkey-server (https://redis.io/docs/latest/operate/oss_and_stack/install/).';
  const sudo = manager.asRoot && process.getuid?.() !== 0 ? ['sudo', '-n'] : [];
  const manualStep = `Install a Redis server: ${manager.asRoot ? 'sudo ' : ''}${manager.program} ${manager.steps
    .at(-1)
    .filter((word) => !word.startsWith('-q') && !word.startsWith('--'))
    .join(' ')}`;
  console.log(`Installing redis-server with ${manager.program} …`);
  for (const step of manager.steps) {
    const { status } = await install([...sudo, manager.program, ...step]);
    if (status !== 0) return manualStep;
  }
  return findProgram('redis-server', 'valkey-server') ? undefined : manualStep;
}

/** Programs that only some tests need: Chromium for the console, promtool for the alert rules. */
const testTools = [
  { programs: ['chromium', 'chromium-browser', 'google-chrome'], package: 'chromium' },
  { programs: ['promtool'], package: 'prometheus' },
];

/**
 * Installs these programs on Debian and its derivatives if no password is needed. Tests that need a missing program are skipped.
 *
 * @returns {Promise<string[]>} the packages that are still missing
 */
export async function ensureTestTools() {
  const missing = testTools.filter(({ programs }) => !findProgram(...programs)).map((tool) => tool.package);
  if (missing.length === 0 || process.getuid?.() !== 0 || !findProgram('apt-get')) return missing;
  console.log(`Installing ${missing.join(' and ')} with apt-get …`);
  await install(['apt-get', 'update', '-qq']);
  await install(['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...missing]);
  return testTools.filter(({ programs }) => !findProgram(...programs)).map((tool) => tool.package);
}

/**
 * Runs one package manager command. It is detached and finishes even if this process is killed, because an interrupted
 * installation would leave the system's packages broken.
 */
function install([command, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      detached: true,
      stdio: 'ignore',
      timeout: 300_000,
      // Keeps Debian from starting the service on port 6379 after the installation.
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' },
    });
    child.once('error', () => resolve({ status: null }));
    child.once('exit', (status) => resolve({ status }));
  });
}

/** Runs a script's main function. Prints a PrerequisiteError as a plain message and other errors with their stack. */
export async function run(main) {
  try {
    await main();
  } catch (error) {
    console.error(`\n${error instanceof PrerequisiteError ? error.message : error.stack}\n`);
    process.exit(1);
  }
}
