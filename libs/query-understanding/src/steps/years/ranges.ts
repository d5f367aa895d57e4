import type { DateRange, Range } from '../../understanding.js';
import { addDays, type Day, dayOf, lastDayOf, yearOf } from './calendar.js';
import type { Period } from './periods.js';

/** One end of a range. It is dated if the words give it in months or days. */
interface Bound {
  readonly day: Day;
  readonly isDated: boolean;
}

/** A range of release dates. */
export interface Dates {
  readonly from: Bound | null;
  readonly to: Bound | null;
}

export const open: Dates = { from: null, to: null };

const isDated = ({ unit }: Period): boolean => unit !== 'year' && unit !== 'decade';

export const during = (period: Period): Dates => ({
  from: { day: period.from, isDated: isDated(period) },
  to: { day: period.to, isDated: isDated(period) },
});
export const since = (period: Period): Dates => ({ ...open, from: during(period).from });
export const until = (period: Period): Dates => ({ ...open, to: during(period).to });
export const after = (period: Period): Dates => ({
  ...open,
  from: {
    day: period.edge === 'start' ? period.from : addDays(period.to, 1),
    isDated: isDated(period),
  },
});
export const before = (period: Period): Dates => ({
  ...open,
  to: {
    day: period.edge === 'end' ? period.to : addDays(period.from, -1),
    isDated: isDated(period),
  },
});
/** Returns the dates from the beginning of the earlier period to the end of the later one. */
export const between = (a: Period, b: Period): Dates => ({
  from: during(a.from <= b.from ? a : b).from,
  to: during(a.to >= b.to ? a : b).to,
});

export const sinceYear = (year: number): Dates => ({ ...open, from: { day: dayOf(year), isDated: false } });
export const untilYear = (year: number): Dates => ({ ...open, to: { day: lastDayOf(year), isDated: false } });
export const duringYears = (from: number, to = from): Dates => ({
  ...sinceYear(from),
  to: untilYear(to).to,
});

/** Returns the dates in both ranges. Ranges that exclude each other result in the dates between them. */
export function intersect(a: Dates, b: Dates): Dates {
  const from = a.from && b.from ? (a.from.day >= b.from.day ? a.from : b.from) : (a.from ?? b.from);
  const to = a.to && b.to ? (a.to.day <= b.to.day ? a.to : b.to) : (a.to ?? b.to);
  return from && to && from.day > to.day ? { from: to, to: from } : { from, to };
}

/** Returns the narrowest range of years around the dates. */
export const yearsOf = ({ from, to }: Dates): Range => ({
  from: from && yearOf(from.day),
  to: to && yearOf(to.day),
});

export const releasedOf = ({ from, to }: Dates): DateRange => ({
  from: from?.isDated ? from.day : null,
  to: to?.isDated ? to.day : null,
});
