/** Lua functions that account for memory: see the file. */
export const memoryFragment = new URL('./scripts/fragments/memory.lua', import.meta.url);
/** Lua functions for completed transcripts: see the file. */
export const completionFragment = new URL('./scripts/fragments/completion.lua', import.meta.url);
