import { fdatasyncSync, fstatSync, ftruncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const lineFeed = 0x0a;
/** A torn line does not grow for this long; a line that grows is being written by another process. */
const tornAfterMs = 200;
const pollIntervalMs = 20;

/**
 * Appends lines to a file that several processes may share. A line is on the disk (`fdatasync`) when `append` resolves,
 * and it is either there as a whole or not at all: what a failed write left behind is cut off again, and what a crash
 * left behind is terminated, so that no later line runs into it.
 */
export class NdjsonFile {
  private last: Promise<void> = Promise.resolve();

  constructor(private readonly path: string) {}

  /** Appends one line, after the lines of earlier calls. @throws the operating system's error */
  async append(line: string): Promise<void> {
    const bytes = Buffer.from(`${line}\n`);
    const written = this.last.then(() => this.write(bytes));
    this.last = written.catch(() => undefined);
    await written;
  }

  /** The file is opened for each line, so that log rotation can move it. */
  private async write(line: Buffer): Promise<void> {
    const handle = await open(this.path, 'a+', 0o600);
    try {
      const before = await handle.stat();
      if (!before.isFile()) return await writeToDevice(handle, line);
      const isTorn = await hasTornTail(handle);
      const { size } = await handle.stat();
      await appendWhole(handle, size, isTorn ? Buffer.concat([Buffer.of(lineFeed), line]) : line);
      if (before.size === 0) await syncFolder(dirname(this.path));
    } finally {
      await handle.close();
    }
  }
}

/** One write(2) with O_APPEND, so that lines of several processes do not mix. */
async function appendWhole(handle: FileHandle, sizeBefore: number, bytes: Buffer): Promise<void> {
  let written = 0;
  try {
    written = (await handle.write(bytes)).bytesWritten;
    if (written < bytes.length) throw shortWrite(written, bytes.length);
    await handle.datasync();
  } catch (error) {
    cutBack(handle, sizeBefore, written);
    throw error;
  }
  // Another process that cut back its own line a moment too late would have taken this one along.
  if ((await handle.stat()).size < sizeBefore + bytes.length)
    throw systemError('ESTALE', 'the file was truncated while a line was written');
}

/**
 * Removes what a failed write left, if it is still the end of the file. Otherwise another process has appended behind
 * it, having terminated it. Synchronous: between the look and the cut there is no time for anybody else.
 */
function cutBack({ fd }: FileHandle, sizeBefore: number, written: number): void {
  if (written === 0 || fstatSync(fd).size !== sizeBefore + written) return;
  ftruncateSync(fd, sizeBefore);
  fdatasyncSync(fd);
}

/** Returns whether the file ends within a line that no process is still writing. */
async function hasTornTail(handle: FileHandle): Promise<boolean> {
  let { size } = await handle.stat();
  let sinceMs = performance.now();
  while (!(await endsLine(handle, size))) {
    if (performance.now() - sinceMs >= tornAfterMs) return true;
    await delay(pollIntervalMs);
    const { size: now } = await handle.stat();
    if (now !== size) sinceMs = performance.now();
    size = now;
  }
  return false;
}

async function endsLine(handle: FileHandle, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === lineFeed;
}

/** A pipe or a device has no last line to inspect, truncate or flush. */
async function writeToDevice(handle: FileHandle, line: Buffer): Promise<void> {
  const { bytesWritten } = await handle.write(line);
  if (bytesWritten < line.length) throw shortWrite(bytesWritten, line.length);
}

/** A new file survives a power loss once its folder is flushed as well. Some file systems do not support this. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(ignoring('EACCES', 'EPERM'));
  if (!handle) return;
  try {
    await handle.sync().catch(ignoring('EINVAL', 'ENOTSUP', 'EBADF'));
  } finally {
    await handle.close();
  }
}

const ignoring =
  (...codes: string[]) =>
  (error: NodeJS.ErrnoException): undefined => {
    if (!codes.includes(error.code ?? '')) throw error;
    return undefined;
  };

const shortWrite = (written: number, length: number): Error =>
  systemError('ENOSPC', `only ${written} of ${length} bytes were written: the disk is full`);

/** An error in the form of the operating system's errors. */
const systemError = (code: string, message: string): Error =>
  Object.assign(new Error(`${code}: ${message}`), { code, errno: 0 });
