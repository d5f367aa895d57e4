import type { EventHandler, StreamEvent } from '@app/events';
import type { CompletedTranscripts } from '@app/sessions';
import { toArchiveRecord } from './archive-record.js';
import { NdjsonFile } from './ndjson-file.js';

/**
 * Appends completed transcripts to a file, one JSON object per line. An event that is delivered again has the same id. Errors
 * of the disk are retried until an operator has fixed their cause.
 */
export class ArchiveFileHandler implements EventHandler {
  readonly group = 'archive-file';
  readonly types = ['transcript_completed'];
  private readonly file: NdjsonFile;

  constructor(
    path: string,
    private readonly transcripts: CompletedTranscripts,
  ) {
    this.file = new NdjsonFile(path);
  }

  /**
   * Appends a line and flushes it to disk, so that the event is acknowledged only after that.
   *
   * @throws RetryLaterError, TranscriptGoneError, Error of the operating system
   */
  async handle(event: StreamEvent, signal?: AbortSignal): Promise<void> {
    const whole = await this.transcripts.complete(event, signal);
    await this.file.append(JSON.stringify(toArchiveRecord(whole)));
  }
}
