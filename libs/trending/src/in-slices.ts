import { setImmediate as nextTurn } from 'node:timers/promises';

/** Takes a few milliseconds. */
const itemsPerSlice = 25_000;

/** Calls `visit` for each item, yielding to the event loop between slices. */
export async function inSlices<T>(
  items: readonly T[],
  visit: (item: T, index: number) => void,
): Promise<void> {
  for (let start = 0; start < items.length; start += itemsPerSlice) {
    if (start > 0) await nextTurn();
    const end = Math.min(start + itemsPerSlice, items.length);
    for (let index = start; index < end; index++) visit(items[index] as T, index);
  }
}
