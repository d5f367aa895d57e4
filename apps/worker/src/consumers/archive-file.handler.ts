import { type FileHandle, open } from 'node:fs/promises';
import type { EventHandler, StreamEvent } from '@app/events';
import type { CompletedTranscripts } from '@app/sessions';
import { toArchiveRecord } from './archive-record.js';

const lineFeed = 0x0a;

/** Appends completed transcripts to a file, a JSON object a line. An event that comes again has the same id. */
export class ArchiveFileHandler implements EventHandler {
  readonly group = 'archive-file';
  readonly types = ['transcript_completed'];
  /** Lines are written one after the other, each by one write(2) with O_APPEND: those of several workers do not mix. */
  private last: Promise<void> = Promise.resolve();

  constructor(
    private readonly file: string,
    private readonly transcripts: CompletedTranscripts,
  ) {}

  /** On the disk before it is acknowledged. */
  async handle(event: StreamEvent, signal?: AbortSignal): Promise<void> {
    const whole = await this.transcripts.complete(event, signal);
    const line = Buffer.from(`${JSON.stringify(toArchiveRecord(whole))}\n`);
    const written = this.last.then(() => this.write(line));
    this.last = written.catch(() => undefined);
    await written;
  }

  private async write(line: Buffer): Promise<void> {
    const handle = await open(this.file, 'a+', 0o600);
    try {
      // One that died while it wrote has left half a line.
      const bytes = (await endsLine(handle)) ? line : Buffer.concat([Buffer.of(lineFeed), line]);
      const { bytesWritten } = await handle.write(bytes);
      if (bytesWritten < bytes.length)
        throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
      await handle.datasync();
    } finally {
      await handle.close();
    }
  }
}

async function endsLine(handle: FileHandle): Promise<boolean> {
  const { size } = await handle.stat();
  if (size === 0) return true;
  const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return buffer[0] === lineFeed;
}
