import type { EventProcessor } from './event-processor.js';
import type { ClaimedEntry, Lane } from './group-entries.js';
import { untried } from './held-entries.js';
import type { ProcessorContext } from './processor-context.js';

/** Takes over entries that another consumer has not acknowledged for too long, for example because its process ended. */
export class AbandonedEntries {
  private lastClaimMs = -Infinity;

  constructor(
    private readonly context: ProcessorContext,
    private readonly processor: EventProcessor,
  ) {}

  /** Claims entries if the last claim is long enough ago. Then this consumer holds at most `maxHeld` entries. */
  async takeOver(lanes: readonly Lane[], maxHeld: number): Promise<void> {
    const { repository, handler, consumer, held, signal, attemptIntervalMs: idleMs } = this.context;
    if (performance.now() - this.lastClaimMs < idleMs / 4) return;
    this.lastClaimMs = performance.now();
    for (const lane of lanes) {
      const room = maxHeld - held.size;
      if (room <= 0 || signal.aborted) return;
      const claimed = await repository.claim(lane, handler.group, consumer, idleMs, room);
      // If Redis does not reply or the group was deleted, the next read fails as well and handles that.
      if (claimed.status !== 'ok') return;
      for (const entry of claimed.value) this.adopt(entry);
    }
  }

  private adopt({ ref, record, exists }: ClaimedEntry): void {
    const { held, maxAttempts } = this.context;
    if (!exists) return this.processor.missing(ref);
    if (held.has(ref)) return;
    const { attempts = 0, state, reason = '' } = record ?? {};
    held.put({
      ...untried(ref),
      attempts,
      reason,
      wasInterrupted: state === 'started',
      isRecorded: record !== undefined,
      next: attempts >= maxAttempts ? 'dead-letter' : 'handle',
    });
  }
}
