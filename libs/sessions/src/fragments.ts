import { publishFragment } from '@app/events';

/** The Lua fragments that scripts of sessions include, by name. Each file documents its functions. */
export const fragments = {
  append: new URL('./scripts/fragments/append.lua', import.meta.url),
  complete: new URL('./scripts/fragments/complete.lua', import.meta.url),
  completion: new URL('./scripts/fragments/completion.lua', import.meta.url),
  delete: new URL('./scripts/fragments/delete.lua', import.meta.url),
  lifetime: new URL('./scripts/fragments/lifetime.lua', import.meta.url),
  memory: new URL('./scripts/fragments/memory.lua', import.meta.url),
  owner: new URL('./scripts/fragments/owner.lua', import.meta.url),
  publish: publishFragment,
  release: new URL('./scripts/fragments/release.lua', import.meta.url),
  'session-events': new URL('./scripts/fragments/session-events.lua', import.meta.url),
  update: new URL('./scripts/fragments/update.lua', import.meta.url),
} as const;

/** Returns the named fragments, for `loadScript`. */
export function pick(...names: (keyof typeof fragments)[]): Record<string, URL> {
  return Object.fromEntries(names.map((name) => [name, fragments[name]]));
}
