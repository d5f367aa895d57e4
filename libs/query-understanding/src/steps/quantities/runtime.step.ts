import type { NumberRange } from '../../understanding.js';
import type { WordText } from '../../words/word-text.js';
import { overlaps, type Span, type Word } from '../../words/words.js';
import { describesMovies } from '../../vocabulary/noun-phrases.js';
import { ruleTimeoutMs, spansOf, step, textOfQuantities } from '../values.js';
import { firstBounds, firstOf, measureFinder, type Measure, rangeOf, unlimited } from './comparisons.js';
import { duration, shorterDuration, toMinutes, unitOf } from './durations.js';
import { plainNumber } from './numbers.js';

const lead =
  '(?:(?:with |has |have )?(?:a |the )?(?:runtime|running time|run time|running length|length|duration|screen time)(?: that)? |(?:(?:that|which) )?(?:is|are|runs?|lasts?|lasting|running|clocks in|clocking in|goes on|plays) (?:for |at |in )?)?';
const tail = '(?: (?:long|in length|in duration|runtime|of runtime|running time|total))*';
/** "I only have 90 minutes". */
const available =
  '(?:i only have|only have|ive only got|i have only|only got|i have|ive got|weve got|we have|we only have) ';
const timeLimit = new RegExp(`${available}${duration}`);
const findRuntimes = firstOf(
  /h(?:ou)?rs?\b|\dh|min|\dm|\d m\b|\bh\b/,
  (text) =>
    text
      .findAll(timeLimit)
      .map(({ groups: [limit = ''], span }) => ({ comparison: 'atMost', texts: [limit], span })),
  measureFinder(duration, { lead, tail, first: shorterDuration, adjacent: `(${plainNumber})` }),
);
const toleranceMinutes = 10;
const tolerance = (): number => toleranceMinutes;

/** Words that give a length without a number. */
const descriptions: readonly (readonly [pattern: RegExp, range: NumberRange | undefined])[] = [
  [/(?:not (?:too|so|very|that) |nothing too |isnt too )(?:long|lengthy)/, undefined],
  [/(?:(?:really|very|quite|pretty|fairly) )?(?:short|shorter|quick|brief)/, { min: null, max: 90 }],
  [/(?:(?:really|very|quite|pretty|fairly) )?(?:long|lengthy)/, { min: 150, max: null }],
];

export const runtimeStep = step({
  name: 'runtime',
  description: 'Reads the running time in minutes',
  inputs: ['spelling', 'titles', 'people', 'votes', 'countryCount', 'money', 'years'],
  timeoutMs: ruleTimeoutMs,
  run: ({ votes, countryCount, money, years, ...inputs }) =>
    read(inputs.spelling, textOfQuantities(inputs, spansOf(votes, countryCount, money, years))),
  fallback: () => ({ value: unlimited, spans: [] }),
});

function read(words: readonly Word[], text: WordText): { value: NumberRange; spans: Span[] } {
  const measures = findRuntimes(text).filter((measure) => !isOfStory(text, measure));
  const spans = measures.map(({ span }) => span);
  let value = measures.flatMap((measure) => toRange(measure) ?? []).reduce(firstBounds, unlimited);
  for (const [pattern, range] of descriptions) {
    if (value.min !== null && value.max !== null) break;
    const match = text
      .findAll(pattern)
      .find(
        ({ span }) =>
          !spans.some((other) => overlaps(other, span)) &&
          (!range || describesMovies(words, span, () => false)),
      );
    if (!match) continue;
    spans.push(match.span);
    if (!range) break;
    value = firstBounds(value, range);
  }
  return { value, spans };
}

/** "he has 30 minutes to save her", "two hours later". */
const isOfStory = (text: WordText, { comparison, span }: Measure): boolean =>
  (comparison === 'exactly' || comparison === 'atMost') &&
  /^(?:to (?!kill|spare|watch|go)|later|earlier|ago|before (?:the|a|he|she|it|they)|after (?:the|a|he|she|it|they)|away|left|from now|into|until)/.test(
    text.after(span, 3),
  );

function toRange(measure: Measure): NumberRange | undefined {
  const [text = '', other] = measure.texts.map((part) => part.replace(' +', ''));
  if (other === undefined) {
    const value = toMinutes(text);
    return value === undefined ? undefined : limited(rangeOf(withoutComparison(measure), [value], tolerance));
  }
  const [first, last] = [toMinutes(text, unitOf(other)), toMinutes(other)];
  return first === undefined || last === undefined ? undefined : rangeOf(measure, [first, last], tolerance);
}

/** "130+ minutes" is a minimum. Other running times without a comparison are approximate: "a 95-minute movie". */
function withoutComparison(measure: Measure): Measure {
  if (measure.comparison !== 'exactly') return measure;
  return { ...measure, comparison: measure.texts[0]?.includes('+') ? 'atLeast' : 'about' };
}

const limited = ({ min, max }: NumberRange): NumberRange => ({ min: min && Math.max(1, min), max });
