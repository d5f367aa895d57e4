/** What the clock watches. */
export interface Upload {
  readonly startedMs: number;
  readonly lastByteMs: number;
  readonly receivedBytes: number;
  /** While the server itself holds the upload up. */
  readonly isPaused: boolean;
  /** Ends it. */
  timeOut(): void;
}

const checkIntervalMs = 500;
/** An upload of which nothing has come for this long is given up. */
const maxSilenceMs = 5_000;
/** The least average rate, once an upload has had time to get going. */
const minBytesPerSecond = 4_096;
const rateGraceMs = 10_000;

/**
 * Ends uploads that stall or trickle. One timer for all of them: most are over before it fires. The bound on the whole of a
 * request is Node's own (`requestTimeout`).
 */
export class UploadClock {
  private readonly uploads = new Set<Upload>();
  private timer: NodeJS.Timeout | undefined;

  add(upload: Upload): void {
    this.uploads.add(upload);
    this.timer ??= setInterval(() => this.check(performance.now()), checkIntervalMs).unref();
  }

  delete(upload: Upload): void {
    this.uploads.delete(upload);
  }

  /** @param nowMs as `performance.now()` */
  check(nowMs: number): void {
    for (const upload of this.uploads) {
      if (!upload.isPaused && isTooSlow(upload, nowMs)) upload.timeOut();
    }
    if (this.uploads.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function isTooSlow({ startedMs, lastByteMs, receivedBytes }: Upload, nowMs: number): boolean {
  const ageMs = nowMs - startedMs;
  return (
    nowMs - lastByteMs > maxSilenceMs ||
    (ageMs > rateGraceMs && receivedBytes < (ageMs / 1000) * minBytesPerSecond)
  );
}
