import type { EventHandler, StreamEvent } from '@app/events';
import type { CompletedTranscripts } from '@app/sessions';
import { toArchiveRecord } from './archive-record.js';
import { NdjsonFile } from './ndjson-file.js';

/**
 * Appends completed transcripts to a file, a JSON object per line. An event that comes again has the same id. Every error
 * of the disk is an operator's to repair: the consumer waits for that.
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
   * The line is on the disk before the event is acknowledged.
   *
   * @throws RetryLaterError, TranscriptGoneError, Error of the operating system
   */
  async handle(event: StreamEvent, signal?: AbortSignal): Promise<void> {
    const whole = await this.transcripts.complete(event, signal);
    await this.file.append(JSON.stringify(toArchiveRecord(whole)));
  }
}
