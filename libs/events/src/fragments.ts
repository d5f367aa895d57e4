/** Lua functions that publish an event in the step that makes its change. */
export const publishFragment = new URL('./scripts/fragments/publish.lua', import.meta.url);
/** Lua functions that compare ids of the stream. */
export const streamIdsFragment = new URL('./scripts/fragments/stream-ids.lua', import.meta.url);
/** Lua functions that count the dead letters and replays which refer to a completed transcript. */
export const deadLetterFragment = new URL('./scripts/fragments/note-dead-letter.lua', import.meta.url);
