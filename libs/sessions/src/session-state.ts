import { type JsonObject, MAX_STATE_BYTES } from './session.js';
import { SessionLimitError } from './sessions.errors.js';

const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Applies a JSON Merge Patch (RFC 7396): merges objects, replaces arrays and scalars, and removes members that are null. */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isObject(patch)) return patch;
  const merged = new Map(Object.entries(isObject(target) ? target : {}));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) merged.delete(name);
    else merged.set(name, mergePatch(merged.get(name), value));
  }
  return Object.fromEntries(merged);
}

/** Returns the nesting depth of a value: 0 for a scalar, 1 for an object of scalars. */
export function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  let deepest = 0;
  for (const member of Object.values(value)) deepest = Math.max(deepest, depthOf(member));
  return 1 + deepest;
}

/** Returns the JSON of a state. @throws SessionLimitError if it is too large */
export function toStateJson(state: unknown): string {
  const json = JSON.stringify(state);
  const bytes = Buffer.byteLength(json);
  if (bytes > MAX_STATE_BYTES) {
    throw new SessionLimitError(
      'state',
      `must be at most ${MAX_STATE_BYTES} bytes of JSON, but would be ${bytes}`,
    );
  }
  return json;
}

/** Returns the state of a stored text; undefined if it is not a JSON object, as another program may have stored it. */
export function parseState(json: string | undefined): JsonObject | undefined {
  if (!json?.startsWith('{')) return undefined;
  try {
    return JSON.parse(json) as JsonObject;
  } catch {
    return undefined;
  }
}
