import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { serverSettings } from './server-settings.js';

const binaries = ['redis-server', 'valkey-server'];

/**
 * Runs the server named after `$1`, a private folder. A watcher in the same process group waits on a pipe that
 * only Marquee holds: when Marquee ends in whatever way, kill -9 included, the pipe closes, and the watcher
 * removes the folder and kills the group. The server replaces the shell, so its pid is the child's.
 */
const underWatch = `
exec 3<&0
folder=$1; shift
( cat <&3 >/dev/null; rm -rf -- "$folder"; kill -KILL 0 ) &
exec "$@" </dev/null 3<&-
`;

/** Thrown when no Redis server binary is installed. */
export class RedisServerMissingError extends Error {
  constructor() {
    super('no redis-server or valkey-server is installed');
    this.name = RedisServerMissingError.name;
  }
}

/** A private redis-server on a Unix socket, restarted when it dies, ended with Marquee. */
export class EmbeddedRedis {
  private readonly logger = new Logger('EmbeddedRedis');
  private folder: string | undefined;
  private server: ChildProcess | undefined;
  private stopping = false;

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /**
   * Starts the server and answers the path of its socket, once it is being listened on or `timeoutMs` is over.
   *
   * @throws RedisServerMissingError when there is no binary to start
   */
  async start(): Promise<string> {
    const binary = findServerBinary();
    if (!binary) throw new RedisServerMissingError();
    this.folder = await mkdtemp(join(tmpdir(), 'marquee-redis-'));
    const socketPath = join(this.folder, 'redis.sock');
    this.launch(binary, this.folder, socketPath);
    return socketPath;
  }

  /** Ends the server: politely first, by force when it does not go within a second. */
  async stop(): Promise<void> {
    this.stopping = true;
    const server = this.server;
    if (server && server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      await Promise.race([exited, delay(1000, undefined, { ref: false })]);
      if (server.exitCode === null && server.signalCode === null) server.kill('SIGKILL');
      await exited;
    }
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  private launch(binary: string, folder: string, socketPath: string, restarts = 0): void {
    const settings = Object.entries({
      ...serverSettings,
      port: '0',
      unixsocket: socketPath,
      unixsocketperm: '700',
      dir: folder,
      daemonize: 'no',
    }).flatMap(([name, value]) => [`--${name}`, value]);
    const server = spawn('/bin/sh', ['-c', underWatch, 'marquee-redis', folder, binary, ...settings], {
      // A group of its own, or Ctrl-C would reach it before Marquee has drained.
      detached: true,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.server = server;
    const startedMs = performance.now();
    server.on('error', (error) => this.logger.error(`${binary} did not start: ${error.message}`));
    server.stdin?.on('error', () => undefined);
    server.on('exit', (code, signal) => {
      endGroup(server);
      if (this.stopping) return;
      // A server that lived a minute gets a fresh count; one that keeps dying is tried ever less often.
      const attempt = performance.now() - startedMs > 60_000 ? 0 : restarts;
      const waitMs = Math.min(100 * 2 ** attempt, 5000);
      this.logger.warn(`${binary} ended (${signal ?? `code ${code}`}); restarting in ${waitMs} ms`);
      setTimeout(() => {
        if (!this.stopping) this.launch(binary, folder, socketPath, attempt + 1);
      }, waitMs).unref();
    });
  }
}

/** Ends the watcher of a server that is gone. */
function endGroup(server: ChildProcess): void {
  if (server.pid === undefined) return;
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    // ESRCH: the whole group is gone already.
  }
}

/** The first redis-server or valkey-server on PATH. */
export function findServerBinary(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return binaries
    .flatMap((binary) => folders.map((folder) => join(folder, binary)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}
