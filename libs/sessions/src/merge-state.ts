import type { RedisBudget } from '@app/redis';
import type { JsonObject } from './session.js';
import { mergePatch, parseState, toStateJson } from './session-state.js';
import type { SessionRef, SessionUpdate, SessionWriter, UpdateResult } from './writer/session-writer.js';

/** One attempt of each round succeeds, so this many requests may merge into the same state at the same time. */
const maxAttempts = 100;

/** A JSON Merge Patch of the state (RFC 7396), and the changes to make with it. */
export interface StatePatch {
  readonly patch: JsonObject;
  readonly update: SessionUpdate;
}

/**
 * Merges a patch into the state of a session. It is merged here, since Lua's JSON loses digits of numbers, and stored only if the state
 * has not changed meanwhile; otherwise it is merged again. Returns `changed` if other requests win every time.
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
