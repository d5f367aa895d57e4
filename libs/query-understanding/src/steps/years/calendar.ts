/** Days are ISO dates, which sort as text. */
export type Day = string;

const millisecondsPerDay = 86_400_000;

export const dayOf = (year: number, month = 1, day = 1): Day =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);
export const lastDayOf = (year: number, month = 12): Day => dayOf(year, month + 1, 0);
export const yearOf = (day: Day): number => Number(day.slice(0, 4));

export const addDays = (day: Day, count: number): Day =>
  new Date(Date.parse(day) + count * millisecondsPerDay).toISOString().slice(0, 10);

/** Returns whether a day exists: not February 30. */
export const exists = (year: number, month: number, day: number): boolean =>
  month >= 1 && month <= 12 && day >= 1 && day <= Number(lastDayOf(year, month).slice(8));
