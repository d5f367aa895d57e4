import { lexicon } from '../vocabulary/lexicon.js';
import { mediaWords, toNumber } from '../vocabulary/media.js';
import { Mask, type Span, type Word } from '../words/words.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

const maxCount = 100;
/** Maximum number of words from a number to the noun that it counts. */
const maxDistance = 5;
const units =
  /^(?:years?|decades?|months?|weeks?|days?|minutes?|mins?|hours?|hrs?|stars?|percent|%|out|of|\/|\+|am|pm|th|people|times)$/;
const leads =
  /^(?:top|best|give|show|me|find|list|recommend|suggest|first|need|want|name|any|get|us|worst|only|just|exactly|for|please)$/;

export const countStep = step({
  name: 'count',
  description: 'Reads the number of requested movies',
  inputs: ['spelling', 'titles', 'people', 'constraints'],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, constraints }) => {
    const mask = new Mask(words.length, [...namedSpans(titles, people), ...constraints]);
    return read(words, mask);
  },
  fallback: () => ({ value: null, spans: [] }),
});

function read(words: readonly Word[], mask: Mask): { value: number | null; spans: Span[] } {
  for (let index = 0; index < words.length; index++) {
    if (mask.isTaken(index)) continue;
    const found = countAt(words, index);
    if (found) return { value: found.value, spans: [found.span] };
  }
  return { value: null, spans: [] };
}

function countAt(words: readonly Word[], index: number): { value: number; span: Span } | undefined {
  const text = words[index]?.text ?? '';
  const previous = words[index - 1]?.text ?? '';
  const next = words[index + 1]?.text ?? '';
  if (text === 'couple' || text === 'pair') {
    const from = previous === 'a' ? index - 1 : index;
    const to = next === 'of' ? index + 2 : index + 1;
    return isCounted(words, to) || next === 'of' ? { value: 2, span: { from, to } } : undefined;
  }
  const value = toNumber(text);
  if (value === undefined || !Number.isInteger(value) || value < 1 || value > maxCount || units.test(next))
    return undefined;
  // "the one with …" and "one like …" are not counts.
  if (value === 1 && text === 'one' && !mediaWords.has(next)) return undefined;
  const isLed = leads.test(previous) && (previous !== 'for' || isCounted(words, index + 1));
  if (!isLed && !isCounted(words, index + 1)) return undefined;
  return { value: text === 'dozen' ? 12 : value, span: { from: index, to: index + 1 } };
}

/** Returns whether a word for movies or a genre follows closely. */
function isCounted(words: readonly Word[], from: number): boolean {
  for (let index = from; index < Math.min(words.length, from + maxDistance); index++) {
    const word = words[index] as Word;
    if (word.startsClause && index > from) return false;
    if (mediaWords.has(word.text)) return true;
    if (lexicon.get(word.text)?.kind === 'genre') return true;
    if (/^(?:about|with|from|under|over|in|that|like)$/.test(word.text)) return false;
  }
  return false;
}
