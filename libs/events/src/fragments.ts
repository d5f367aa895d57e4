/** Lua functions that publish an event in the same script as its change. */
export const publishFragment = new URL('./scripts/fragments/publish.lua', import.meta.url);
/** Lua functions that compare stream ids. */
export const streamIdsFragment = new URL('./scripts/fragments/stream-ids.lua', import.meta.url);
/** Lua functions that count a completed transcript's dead letters and replays. */
export const deadLetterFragment = new URL('./scripts/fragments/note-dead-letter.lua', import.meta.url);
