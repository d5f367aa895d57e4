import { appendFile } from 'node:fs/promises';
import type { EventHandler, StreamEvent } from '@app/events';
import { toArchiveRecord } from './archive-record.js';

/** Appends completed transcripts to a file, a JSON object a line. An event that comes again has the same id. */
export class ArchiveFileHandler implements EventHandler {
  readonly group = 'archive-file';
  readonly types = ['transcript_completed'];

  constructor(private readonly file: string) {}

  /** In one write: lines of several workers do not mix. Flushed to the disk before it is acknowledged. */
  async handle(event: StreamEvent): Promise<void> {
    await appendFile(this.file, `${JSON.stringify(toArchiveRecord(event))}\n`, { mode: 0o600, flush: true });
  }
}
