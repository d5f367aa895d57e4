import { anyOf } from '../../words/phrase-pattern.js';
import { article, digits, parseNumber, plainNumber } from './numbers.js';

const hourUnit = '(?:hours?|hrs?|hr|h)';
const minuteUnit = '(?:minutes?|mins?|m)';
const extraMinutes = '(?:\\d{1,2}|#[a-z]+(?: #[a-z]+)?)';
const spelledNumber = `(?:${article}|${plainNumber})`;
const more = `(?:(?: and)? (?:(?<moreHalf>a) half|(?:a )?(?<quarter>quarter)|(?<minutes>${extraMinutes})(?: ?${minuteUnit})?))?`;

/** In order of precedence. */
const forms: readonly string[] = [
  `(?<hours>\\d+) ?h ?(?<minutes>\\d{1,2})(?: ?${minuteUnit})?`,
  `(?<hours>${digits})(?: and (?<half>a) half)?(?: \\+)? ?${hourUnit}${more}`,
  `(?<hours>${spelledNumber})(?: and (?<half>a) half)? ${hourUnit}${more}`,
  `(?<minutes>${digits})(?: \\+)? ?${minuteUnit}`,
  `(?<minutes>${spelledNumber}) ${minuteUnit}`,
];
const patterns = forms.map((source) => new RegExp(`^(?:${source})$`));
/** Longer movies are not described in minutes or hours. */
const maxMinutes = 1_000;

/** The source of a pattern that captures a duration as one group: "1.9 hrs", "an hour and a half", "1h45". */
export const duration = `(${anyOf([forms.join('|').replace(/\(\?<\w+>/g, '(')])})`;
/** The same for the first duration of a range, which may lack its unit: "90 to 120 minutes". */
export const shorterDuration = `(${plainNumber}(?: ?(?:${hourUnit}|${minuteUnit}))?)`;

type Unit = 'h' | 'm';

export const unitOf = (text: string): Unit => (new RegExp(hourUnit).test(text) ? 'h' : 'm');

/** Returns a duration in minutes. @param unit the unit of a number that has none */
export function toMinutes(text: string, unit?: Unit): number | undefined {
  const unitless = new RegExp(`^${plainNumber}$`).test(text);
  for (const pattern of patterns) {
    const match = pattern.exec(unitless && unit ? `${text} ${unit}` : text);
    if (!match) continue;
    const value = minutesOf(match.groups ?? {});
    return value !== undefined && value >= 1 && value <= maxMinutes ? value : undefined;
  }
  return undefined;
}

function minutesOf(parts: Readonly<Record<string, string | undefined>>): number | undefined {
  const hours = parts.hours ? parseNumber(parts.hours) : 0;
  const minutes = parts.minutes ? parseNumber(parts.minutes) : 0;
  if (hours === undefined || minutes === undefined) return undefined;
  const fraction = parts.half || parts.moreHalf ? 30 : parts.quarter ? 15 : 0;
  return Math.round(hours * 60) + fraction + Math.round(minutes);
}
