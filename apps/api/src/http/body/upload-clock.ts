/** An upload that the clock monitors. */
export interface Upload {
  readonly receivedBytes: number;
  /** True while the server itself pauses the upload. */
  readonly isPaused: boolean;
  /** Ends the upload. */
  timeOut(): void;
}

const checkIntervalMs = 500;
/** Uploads that stall for longer than this time out. */
const maxSilenceMs = 5_000;
/** Minimum average rate after the grace period. */
const minBytesPerSecond = 4_096;
const rateGraceMs = 10_000;

interface Entry {
  readonly upload: Upload;
  readonly startedMs: number;
  lastBytes: number;
  lastMs: number;
  index: number;
}

/** Handle for removing an upload from the clock. */
export type ClockTicket = Entry;

/**
 * Ends uploads that stall or are too slow. A single timer checks all of them: most finish before it fires, and arriving
 * pieces do not have to read the clock. Node limits the total time of a request (`requestTimeout`).
 */
export class UploadClock {
  // Not a Map: a Map that changes with every request leaves obsolete tables behind, which retain requests until a full
  // garbage collection and double its cost.
  private readonly entries: Entry[] = [];
  private timer: NodeJS.Timeout | undefined;

  add(upload: Upload): ClockTicket {
    const nowMs = performance.now();
    const entry = { upload, startedMs: nowMs, lastBytes: 0, lastMs: nowMs, index: this.entries.length };
    this.entries.push(entry);
    this.timer ??= setInterval(() => this.check(performance.now()), checkIntervalMs).unref();
    return entry;
  }

  delete(entry: ClockTicket): void {
    const last = this.entries.pop();
    if (!last || last === entry) return;
    last.index = entry.index;
    this.entries[entry.index] = last;
  }

  /** @param nowMs as `performance.now()` */
  check(nowMs: number): void {
    // Uploads that time out remove themselves.
    for (const entry of this.entries.slice()) {
      const { receivedBytes, isPaused } = entry.upload;
      if (isPaused || receivedBytes > entry.lastBytes) {
        entry.lastBytes = receivedBytes;
        entry.lastMs = nowMs;
      }
      if (!isPaused && isTooSlow(entry, nowMs)) entry.upload.timeOut();
    }
    if (this.entries.length > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
  }
}

function isTooSlow({ startedMs, lastMs, lastBytes }: Entry, nowMs: number): boolean {
  const ageMs = nowMs - startedMs;
  return (
    nowMs - lastMs > maxSilenceMs || (ageMs > rateGraceMs && lastBytes < (ageMs / 1000) * minBytesPerSecond)
  );
}
