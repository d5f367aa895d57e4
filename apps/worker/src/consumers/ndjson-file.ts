import { fdatasyncSync, fstatSync, ftruncateSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const lineFeed = 0x0a;
/** An incomplete line that has not grown for this long is torn. Otherwise another process is still writing it. */
const tornAfterMs = 200;
const pollIntervalMs = 20;

/**
 * Appends lines to a file that several processes may share. When `append` resolves, the line is flushed to disk
 * (`fdatasync`). Lines are complete or absent: the remains of a failed write are truncated, and the remains of a crash are
 * terminated by a line break.
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

/** Uses a single write(2) with O_APPEND, so that lines of several processes do not mix. */
async function appendWhole(handle: FileHandle, sizeBefore: number, bytes: Buffer): Promise<void> {
  let written = 0;
  try {
    written = (await handle.write(bytes)).bytesWritten;
    if (written < bytes.length) throw shortWrite(written, bytes.length);
    await handle.datasync();
  } catch (error) {
    truncateBack(handle, sizeBefore, written);
    throw error;
  }
  // Another process may have truncated this line together with the remains of its own.
  if ((await handle.stat()).size < sizeBefore + bytes.length)
    throw systemError('ESTALE', 'the file was truncated while a line was written');
}

/**
 * Removes the remains of a failed write, unless another process has terminated them and appended a line. Synchronous, so
 * that as little time as possible passes between the check and the truncation.
 */
function truncateBack({ fd }: FileHandle, sizeBefore: number, written: number): void {
  if (written === 0 || fstatSync(fd).size !== sizeBefore + written) return;
  ftruncateSync(fd, sizeBefore);
  fdatasyncSync(fd);
}

/** Returns whether the file ends with an incomplete line that no process is still writing. */
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

/** Writes to a pipe or a device, which has no last line to inspect, truncate or flush. */
async function writeToDevice(handle: FileHandle, line: Buffer): Promise<void> {
  const { bytesWritten } = await handle.write(line);
  if (bytesWritten < line.length) throw shortWrite(bytesWritten, line.length);
}

/** Flushes the folder of a new file, so that the file survives a power failure. Some file systems do not support this. */
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

/** Returns an error like those of the operating system. */
const systemError = (code: string, message: string): Error =>
  Object.assign(new Error(`${code}: ${message}`), { code, errno: 0 });
