import type { Range } from '../../understanding.js';

/** A range of years with both ends. */
export interface ClosedRange {
  readonly from: number;
  readonly to: number;
}

export const open: Range = { from: null, to: null };
export const since = (year: number): Range => ({ from: year, to: null });
export const until = (year: number): Range => ({ from: null, to: year });
export const exactly = (year: number): ClosedRange => ({ from: year, to: year });
export const between = (a: number, b: number): ClosedRange => ({ from: Math.min(a, b), to: Math.max(a, b) });

/** Returns the years in both ranges. Ranges that exclude each other result in the years between them. */
export function intersect(a: Range, b: Range): Range {
  const from = a.from === null ? b.from : b.from === null ? a.from : Math.max(a.from, b.from);
  const to = a.to === null ? b.to : b.to === null ? a.to : Math.min(a.to, b.to);
  return from !== null && to !== null ? between(from, to) : { from, to };
}
