import type { RedisBudget } from '@app/redis';
import type { JsonObject } from './session.js';
import { mergePatch, parseState, toStateJson } from './session-state.js';
import type { SessionRef, SessionUpdate, SessionWriter, UpdateResult } from './writer/session-writer.js';

/** Of several concurrent attempts one succeeds, so this many requests can merge into the same state at the same time. */
const maxAttempts = 100;

/** A JSON Merge Patch (RFC 7396) of the state, and changes to other fields. */
export interface StatePatch {
  readonly patch: JsonObject;
  readonly update: SessionUpdate;
}

/**
 * Merges a patch into the state of a session. The merge happens here, because Lua's JSON loses digits of numbers. The result is
 * stored only if the state has not changed in the meantime; otherwise the patch is merged again. Returns `changed` if that
 * never succeeds.
 *
 * @throws SessionLimitError if the merged state is too large
 */
export async function mergeState(
  writer: SessionWriter,
  budget: RedisBudget,
  session: SessionRef,
  { patch, update }: StatePatch,
): Promise<UpdateResult> {
  let current: string | undefined;
  for (let attempt = 1; ; attempt++) {
    const merged = toStateJson(mergePatch(parseState(current) ?? {}, patch));
    const result = await writer.update(budget, session, {
      set: new Map([...update.set, ['state', merged]]),
      removed: update.removed,
      expectedState: current ?? null,
    });
    if (result.state !== 'changed' || attempt === maxAttempts) return result;
    current = result.current;
    // Redis replied, so the time spent is not an outage.
    budget.renew();
  }
}
