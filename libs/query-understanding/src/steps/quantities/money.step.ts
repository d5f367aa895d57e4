import type { NumberRange } from '../../understanding.js';
import { mediaWords } from '../../vocabulary/media.js';
import { genreNouns } from '../../vocabulary/genres.js';
import { amountCues, type AmountFact } from '../../vocabulary/amount-cues.js';
import type { WordText } from '../../words/word-text.js';
import { ruleTimeoutMs, spansOf, step, textOfQuantities } from '../values.js';
import { measureFinder, firstBounds, firstOf, type Measure, rangeOf, unlimited } from './comparisons.js';
import { count, factorOf, parseNumber, plainNumber, scale } from './numbers.js';

const currency = '(?:us dollars?|dollars?|bucks|usd|us)';
const prefix = '(?:(?:usd|us|dollars) )?';
const amount = `(?:a )?(?:whopping |mere |cool |measly |total of )?${prefix}(\\$?${count}(?: ${currency})?)`;
const firstAmount = `${prefix}(\\$?${plainNumber}(?: ?${scale})?(?: ${currency})?)`;
const findAmounts = firstOf(
  /\d{4}|\$|\d ?[kmb]|thousand|grand|mil|bil|dollar|bucks|usd/,
  measureFinder(amount, { first: firstAmount }),
);
const windowWords = 8;
const toleranceShare = 0.1;
/** A number without a scale and a currency is an amount only if it is this large: "a budget of 11000000". */
const minBareAmount = 1_000;

interface Amount {
  readonly measure: Measure;
  readonly range: NumberRange;
  readonly hasCurrency: boolean;
}

export const moneyStep = step({
  name: 'money',
  description: 'Reads budget and revenue in US dollars',
  inputs: ['spelling', 'titles', 'people', 'votes', 'countryCount'],
  timeoutMs: ruleTimeoutMs,
  run: ({ votes, countryCount, ...inputs }) => {
    const text = textOfQuantities(inputs, spansOf(votes, countryCount));
    const amounts = findAmounts(text)
      .flatMap((measure) => toAmount(measure) ?? [])
      .toSorted((a, b) => a.measure.span.from - b.measure.span.from);
    const value = { budget: unlimited, revenue: unlimited };
    const spans = [];
    let last: { fact: AmountFact; to: number } | undefined;
    for (const found of amounts) {
      const fact = factOf(text, found, last);
      if (!fact) continue;
      value[fact] = firstBounds(value[fact], found.range);
      spans.push(found.measure.span);
      last = { fact, to: found.measure.span.to };
    }
    return { value, spans };
  },
  fallback: () => ({ value: { budget: unlimited, revenue: unlimited }, spans: [] }),
});

function toAmount(measure: Measure): Amount | undefined {
  const [text = '', other] = measure.texts;
  const values = other === undefined ? [text] : [text, other];
  const factor = other === undefined ? 1 : factorOf(other.replace(new RegExp(` ${currency}$`), ''));
  const [value, last] = values.map((part) =>
    parseNumber(part.replace(new RegExp(` ${currency}$`), ''), factor),
  );
  if (value === undefined || (other !== undefined && last === undefined)) return undefined;
  const hasCurrency = values.some((part) => part.includes('$') || new RegExp(` ${currency}$`).test(part));
  if (!hasCurrency && values.every(isYear)) return undefined;
  const hasScale = values.some((part) => new RegExp(`(?:\\d| )${scale}(?: ${currency})?$`).test(part));
  if (!hasCurrency && !hasScale && value < minBareAmount) return undefined;
  const range = rangeOf(measure, [value, last], (amount) => amount * toleranceShare);
  return {
    measure,
    range: { min: range.min && Math.round(range.min), max: range.max && Math.round(range.max) },
    hasCurrency,
  };
}

const isYear = (text: string): boolean => /^(?:18|19|20)\d\d$/.test(text);

/** Returns the fact that the words around an amount assign to it. The nearest words decide. */
function factOf(
  text: WordText,
  { measure: { span }, hasCurrency }: Amount,
  last: { readonly fact: AmountFact; readonly to: number } | undefined,
): AmountFact | undefined {
  const preceding = text.before(span, Math.min(windowWords, span.from - (last?.to ?? 0)));
  const following = text.after(span, windowWords);
  for (const { fact, directlyAfter } of amountCues) if (directlyAfter.test(following)) return fact;
  for (const { fact, before } of amountCues) if (before.test(preceding)) return fact;
  for (const { fact, after } of amountCues) if (after.test(following)) return fact;
  if (last && /^(?:\| )?(?:but|and|or|yet)?(?: (?:it|also|still))?$/.test(preceding)) return last.fact;
  return hasCurrency && isOfMovie(preceding, following) ? 'budget' : undefined;
}

/** "$5 million horror movie", "movies under $5 million", but not "steals $5 million". */
function isOfMovie(preceding: string, following: string): boolean {
  const [previous = ''] = preceding.split(' ').slice(-1);
  const isMedia = (word: string): boolean => mediaWords.has(word) || genreNouns.has(word);
  return isMedia(previous) || following.split(' ').slice(0, 2).some(isMedia);
}
