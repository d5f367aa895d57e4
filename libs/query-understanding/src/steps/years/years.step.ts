import { parse as parseDates } from 'chrono-node';
import type { AnyStep } from '../../graph/graph.js';
import type { Range } from '../../understanding.js';
import { overlaps, type Span } from '../../words/words.js';
import type { WordText } from '../../words/word-text.js';
import { type Reading, ruleTimeoutMs, step, textWithoutNames, type TitleMention } from '../values.js';
import { intersect, open, since, until } from './ranges.js';
import { yearRules } from './year-rules.js';

/** @param now returns the current time; tests pass their own */
export function yearsStep(now: () => Date): AnyStep {
  return step({
    name: 'years',
    description: 'Reads years and decades, also relative to the release of a named movie',
    inputs: ['spelling', 'titles', 'people'],
    timeoutMs: ruleTimeoutMs,
    run: ({ spelling, titles, people }) => {
      const { value, spans } = readRanges(textWithoutNames({ spelling, titles, people }), now());
      return { value: [...titles.flatMap(rangeByTitle), ...value].reduce(intersect, open), spans };
    },
    fallback: () => ({ value: open, spans: [] }),
  });
}

/** "before Titanic". */
function rangeByTitle({ as, year }: TitleMention): Range[] {
  if (year === undefined) return [];
  switch (as) {
    case 'before':
      return [until(year - 1)];
    case 'after':
      return [since(year + 1)];
    case 'since':
      return [since(year)];
    default:
      return [];
  }
}

function readRanges(text: WordText, now: Date): Reading<Range[]> {
  const value: Range[] = [];
  const spans: Span[] = [];
  for (const { pattern, read } of yearRules) {
    for (const { groups, span } of text.findAll(pattern)) {
      if (spans.some((other) => overlaps(other, span))) continue;
      const range = read(groups, now.getUTCFullYear());
      if (!range) continue;
      value.push(range);
      spans.push(span);
    }
  }
  return value.length === 0 ? readDate(text, now) : { value, spans };
}

/** Parses dates that no rule matches: "since last summer", "after March 2015". */
function readDate(text: WordText, now: Date): Reading<Range[]> {
  const match = text.find(/(?:made |released |out )?(before|after|since) ((?:[a-z0-9]+ ){0,3}[a-z0-9]+)/);
  const [cue, phrase = ''] = match?.groups ?? [];
  const [date] = match ? parseDates(phrase, now) : [];
  const year = date?.start.get('year') ?? null;
  if (!match || !date?.start.isCertain('month') || date.index > 0 || year === null)
    return { value: [], spans: [] };
  return { value: [cue === 'before' ? until(year) : since(year)], spans: [match.span] };
}
