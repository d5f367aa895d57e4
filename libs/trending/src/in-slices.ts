import { setImmediate as nextTurn } from 'node:timers/promises';

/** A few milliseconds' work. */
const itemsPerSlice = 25_000;

/** Calls `visit` for each item, and lets other work of the process run in between. */
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
