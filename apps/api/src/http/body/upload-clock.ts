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

interface Entry {
  readonly upload: Upload;
  readonly startedMs: number;
  lastBytes: number;
  lastMs: number;
  index: number;
}

/** What an upload is taken off the clock with. */
export type ClockTicket = Entry;

/**
 * Ends uploads that stall or trickle. One timer looks at all of them: most are over before it fires, and pieces that arrive
 * need not look at the time. The bound on the whole of a request is Node's own (`requestTimeout`).
 */
export class UploadClock {
  // Not a Map: one that changes with every request leaves dead tables behind, which keep requests alive until a full
  // collection, and double what garbage costs.
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
    // Uploads that time out take themselves off.
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
