/** Lua functions that account for memory: see the file. */
export const memoryFragment = new URL('./scripts/fragments/memory.lua', import.meta.url);
/** A Lua function that keeps the id of a session's event: see the file. */
export const rememberFragment = new URL('./scripts/fragments/remember.lua', import.meta.url);
/** Lua functions for completed transcripts: see the file. */
export const completionFragment = new URL('./scripts/fragments/completion.lua', import.meta.url);
/** A Lua function for how long a session lives: see the file. */
export const lifeFragment = new URL('./scripts/fragments/life.lua', import.meta.url);
