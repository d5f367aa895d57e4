import { parse as parseDates } from 'chrono-node';
import type { AnyStep } from '../../graph/graph.js';
import { overlaps, type Span } from '../../words/words.js';
import type { WordText } from '../../words/word-text.js';
import {
  type Reading,
  ruleTimeoutMs,
  spansOf,
  step,
  textWithoutNames,
  type TitleMention,
} from '../values.js';
import { type Period, period, periodOf } from './periods.js';
import { type Dates, intersect, open, releasedOf, sinceYear, untilYear, yearsOf } from './ranges.js';
import { storyTime, yearRules } from './year-rules.js';

/** @param now returns the current time; tests pass their own */
export function yearsStep(now: () => Date): AnyStep {
  return step({
    name: 'years',
    description: 'Reads dates, years and decades, also relative to the release of a named movie',
    inputs: ['spelling', 'titles', 'people', 'votes', 'countryCount', 'money'],
    timeoutMs: ruleTimeoutMs,
    run: ({ titles, votes, countryCount, money, ...inputs }) => {
      const { value, spans } = readRanges(
        textWithoutNames({ ...inputs, titles }, spansOf(votes, countryCount, money)),
        now(),
      );
      const dates = [...titles.flatMap(datesByTitle), ...value].reduce(intersect, open);
      return { value: { years: yearsOf(dates), released: releasedOf(dates) }, spans };
    },
    fallback: () => ({ value: { years: yearsOf(open), released: releasedOf(open) }, spans: [] }),
  });
}

/** "before Titanic". */
function datesByTitle({ as, year }: TitleMention): Dates[] {
  if (year === undefined) return [];
  switch (as) {
    case 'before':
      return [untilYear(year - 1)];
    case 'after':
      return [sinceYear(year + 1)];
    case 'since':
      return [sinceYear(year)];
    default:
      return [];
  }
}

const anyPeriod = new RegExp(period);

/** Finds the periods that a text names. */
function periodsIn(text: WordText, thisYear: number): { value: Period; span: Span }[] {
  return text.findAll(anyPeriod).flatMap(({ groups: [name], span }) => {
    const value = periodOf(name, thisYear);
    return value ? [{ value, span }] : [];
  });
}

function readRanges(original: WordText, now: Date): Reading<Dates[]> {
  const thisYear = now.getUTCFullYear();
  const named = periodsIn(original, thisYear);
  const text = original.withTokens(named.map(({ span }) => span));
  const context = { thisYear, periods: named.map(({ value }) => value) };
  const value: Dates[] = [];
  const spans: Span[] = [];
  const storyTimes = text.findAll(storyTime).map(({ span }) => span);
  for (const { pattern, read } of yearRules) {
    for (const { groups, span } of text.findAll(pattern)) {
      if ([...spans, ...storyTimes].some((other) => overlaps(other, span))) continue;
      const range = read(groups, context);
      if (!range) continue;
      value.push(range);
      spans.push(span);
    }
  }
  return value.length === 0 ? readDate(original, now) : { value, spans };
}

/** Parses dates that no rule matches: "since last summer", "after March 2015". */
function readDate(text: WordText, now: Date): Reading<Dates[]> {
  const match = text.find(/(?:made |released |out )?(before|after|since) ((?:[a-z0-9]+ ){0,3}[a-z0-9]+)/);
  const [cue, phrase = ''] = match?.groups ?? [];
  const [date] = match ? parseDates(phrase, now) : [];
  const year = date?.start.get('year') ?? null;
  if (!match || !date?.start.isCertain('month') || date.index > 0 || year === null)
    return { value: [], spans: [] };
  return { value: [cue === 'before' ? untilYear(year) : sinceYear(year)], spans: [match.span] };
}
