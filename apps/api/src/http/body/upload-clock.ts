/** What the clock watches. */
export interface Upload {
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

interface Progress {
  readonly startedMs: number;
  lastBytes: number;
  lastMs: number;
}

/**
 * Ends uploads that stall or trickle. One timer looks at all of them: most are over before it fires, and pieces that arrive
 * need not look at the time. The bound on the whole of a request is Node's own (`requestTimeout`).
 */
export class UploadClock {
  private readonly uploads = new Map<Upload, Progress>();
  private timer: NodeJS.Timeout | undefined;

  add(upload: Upload): void {
    const nowMs = performance.now();
    this.uploads.set(upload, { startedMs: nowMs, lastBytes: 0, lastMs: nowMs });
    this.timer ??= setInterval(() => this.check(performance.now()), checkIntervalMs).unref();
  }

  delete(upload: Upload): void {
    this.uploads.delete(upload);
  }

  /** @param nowMs as `performance.now()` */
  check(nowMs: number): void {
    for (const [upload, progress] of this.uploads) {
      const { receivedBytes, isPaused } = upload;
      if (isPaused || receivedBytes > progress.lastBytes) {
        progress.lastBytes = receivedBytes;
        progress.lastMs = nowMs;
      }
      if (!isPaused && isTooSlow(progress, nowMs)) upload.timeOut();
    }
    if (this.uploads.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function isTooSlow({ startedMs, lastMs, lastBytes }: Progress, nowMs: number): boolean {
  const ageMs = nowMs - startedMs;
  return (
    nowMs - lastMs > maxSilenceMs || (ageMs > rateGraceMs && lastBytes < (ageMs / 1000) * minBytesPerSecond)
  );
}
