import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import { withTimeout } from '@app/async';
import { serverSettings } from './server-settings.js';

const binaries = ['redis-server', 'valkey-server'];

/**
 * Runs the command after `$1`, which is a private folder. A watcher in the same process group waits on a pipe that only
 * Marquee holds open. When Marquee exits for any reason, including kill -9, the pipe closes, and the watcher removes the
 * folder and kills the group. The server replaces the shell, so its pid is that of the child process. The watcher ignores
 * termination signals, so that Redis never runs without it.
 */
const watchedServer = `
exec 3<&0
folder=$1; shift
( trap '' HUP INT TERM; cat <&3 >/dev/null; rm -rf -- "$folder"; kill -KILL 0 ) &
exec "$@" </dev/null 3<&-
`;

/** Thrown if a private server cannot run here. */
export class EmbeddedRedisError extends Error {
  constructor(
    reason: string,
    readonly remedy: string,
  ) {
    super(reason);
    this.name = EmbeddedRedisError.name;
  }
}

const installRemedy =
  'Install it (Debian: apt-get install redis-server; macOS: brew install redis) or set REDIS_URL.';
/** How long the server may take to exit after SIGTERM. */
const stopTimeoutMs = 1000;
/** Size of sun_path in <sys/un.h> without its NUL, on the system where it is smallest. */
const maxSocketPathBytes = 103;

/** A private redis-server on a Unix socket. It is restarted if it dies, and ends when Marquee does. */
export class EmbeddedRedis {
  private readonly logger = new Logger('EmbeddedRedis');
  private folder: string | undefined;
  private server: ChildProcess | undefined;
  private stopping = false;
  private lastLogLine = '';

  get pid(): number | undefined {
    return this.server?.pid;
  }

  /**
   * Starts the server and returns the path of its socket, once it accepts connections.
   *
   * @throws EmbeddedRedisError if there is no binary or no place for the socket, or it does not listen within `timeoutMs`
   */
  async start(timeoutMs: number): Promise<string> {
    const binary = findServerBinary();
    if (!binary) throw new EmbeddedRedisError('no redis-server or valkey-server is installed', installRemedy);
    this.folder = await this.createFolder();
    const socketPath = join(this.folder, 'redis.sock');
    if (Buffer.byteLength(socketPath) > maxSocketPathBytes) {
      throw new EmbeddedRedisError(
        `${socketPath} is too long for the path of a socket`,
        'Set TMPDIR to a shorter path.',
      );
    }
    this.launch(binary, this.folder, socketPath);
    const endMs = performance.now() + timeoutMs;
    while (!(await listens(socketPath))) {
      if (performance.now() > endMs) {
        await this.stop();
        throw new EmbeddedRedisError(
          `${binary} did not start: ${this.lastLogLine || 'it logged nothing'}`,
          'Fix the cause, or set REDIS_URL.',
        );
      }
      await delay(5);
    }
    return socketPath;
  }

  /** Stops the server with SIGTERM, and after a second with SIGKILL. */
  async stop(): Promise<void> {
    this.stopping = true;
    const server = this.server;
    if (server && server.exitCode === null && server.signalCode === null) {
      const exited = once(server, 'exit');
      server.kill('SIGTERM');
      await withTimeout(exited, stopTimeoutMs, () => server.kill('SIGKILL'));
      await exited;
    }
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }

  /** Lets this process exit while the server runs. The server ends with it. */
  unref(): void {
    const server = this.server;
    server?.unref();
    for (const stream of [server?.stdin, server?.stdout, server?.stderr]) (stream as Socket | null)?.unref();
  }

  private async createFolder(): Promise<string> {
    try {
      return await mkdtemp(join(tmpdir(), 'marquee-redis-'));
    } catch (error) {
      throw new EmbeddedRedisError(
        `a folder could not be created in ${tmpdir()} (${(error as NodeJS.ErrnoException).code})`,
        'Set TMPDIR to a writable folder.',
      );
    }
  }

  private launch(binary: string, folder: string, socketPath: string, restarts = 0): void {
    // The watcher of a server that died may have removed it.
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const settings = Object.entries({
      ...serverSettings,
      port: '0',
      unixsocket: socketPath,
      unixsocketperm: '700',
      dir: folder,
      daemonize: 'no',
    }).flatMap(([name, value]) => [`--${name}`, value]);
    const server = spawn('/bin/sh', ['-c', watchedServer, 'marquee-redis', folder, binary, ...settings], {
      // In its own process group, Ctrl-C does not reach it before Marquee has drained.
      detached: true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.server = server;
    const startedMs = performance.now();
    server.on('error', (error) => this.logger.error(`${binary} did not start: ${error.message}`));
    server.stdin?.on('error', () => undefined);
    for (const stream of [server.stdout, server.stderr]) {
      stream?.on(
        'data',
        (chunk: Buffer) => (this.lastLogLine = chunk.toString().trim().split('\n').at(-1) ?? ''),
      );
    }
    server.on('exit', (code, signal) => {
      endGroup(server);
      if (this.stopping) return;
      // A server that keeps dying is restarted with growing delays. One that ran for a minute starts over.
      const attempt = performance.now() - startedMs > 60_000 ? 0 : restarts;
      const waitMs = Math.min(100 * 2 ** attempt, 5000);
      this.logger.warn(
        `${binary} ended (${signal ?? `code ${code}`}: ${this.lastLogLine}); restarting in ${waitMs} ms`,
      );
      setTimeout(() => {
        if (!this.stopping) this.launch(binary, folder, socketPath, attempt + 1);
      }, waitMs).unref();
    });
  }
}

function listens(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Kills the watcher of a server that has exited. */
function endGroup(server: ChildProcess): void {
  if (server.pid === undefined) return;
  try {
    process.kill(-server.pid, 'SIGKILL');
  } catch {
    // ESRCH: the whole group has already exited.
  }
}

/** Returns the path of the first redis-server or valkey-server on PATH. */
export function findServerBinary(): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  return binaries
    .flatMap((binary) => folders.map((folder) => join(folder, binary)))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
      } catch {
        return false;
      }
    });
}
