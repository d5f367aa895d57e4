import { toNumber } from '../vocabulary/media.js';
import { anyOf } from '../words/phrase-pattern.js';
import { ruleTimeoutMs, spansOf, step, textWithoutNames } from './values.js';

const value = '(\\d{1,3}(?:\\.\\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|half)';
const scale = '(?: (%|percent)|(?: stars?)? (?:out of|of|/) (five|ten|5|10|100)(?: stars?)?| (stars?|star))?';
const atLeast = anyOf([
  'above',
  'over',
  'at least',
  'of at least',
  'higher than',
  'more than',
  'greater than',
  'better than',
  'exceeding',
  'minimum',
  'min',
  'no less than',
  'not less than',
  'no lower than',
  'not below',
  'minimum of',
  'north of',
]);
const up =
  '(?: (?:\\+|and up|or more|or higher|or better|or above|and above|and higher|plus|and over|or over|minimum|upwards|and better))';
const noun = anyOf([
  'ratings?',
  'scores?',
  'rated',
  'scored',
  'scoring',
  'imdb',
  'tmdb',
  'imdb rating',
  'imdb score',
  'rotten tomatoes',
  'rotten tomatoes score',
  'metacritic',
  'critics score',
  'audience score',
  'user rating',
  'user score',
  'review score',
  'rating of',
  'a rating',
  'a score',
]);
const head = `(?:(?:with|that have|having|has|have|an?|of|and|that are|which are) )*`;

/** The first group is the value, followed by three groups of the scale. */
const patterns: readonly RegExp[] = [
  `${head}(?:${noun} )+(?:(?:of|is|score|rating|on imdb) )*${atLeast} (?:a |an )?${value}${scale}${up}?`,
  `${head}(?:${noun} )+(?:of )?(?:a |an )?${value}${scale}${up}`,
  `${head}${atLeast} (?:a |an )?${value}${scale} (?:(?:on|in|at|from) )?${noun}`,
  `${head}${value}${scale}${up} (?:(?:on|in|at|from) )?${noun}`,
  `${head}${atLeast} (?:a |an )?${value} (?:(%|percent)|(?:stars? )?(?:out of|of|/) (five|ten|5|10|100)(?: stars?)?|(stars?|star))`,
  `${head}${value} (?:(%|percent)|(?:stars? )?(?:out of|of|/) (five|ten|5|10|100)(?: stars?)?|(stars?|star))${up}`,
  `${head}(?:${noun} )+(?:of )?(?:a |an )?${value} (?:(%|percent)|(?:stars? )?(?:out of|of|/) (five|ten|5|10|100)(?: stars?)?|(stars?|star))`,
  `(?:rated|rating|scored|with a score of|with a rating of) ${value}()()()`,
].map((source) => new RegExp(source));

export const ratingStep = step({
  name: 'rating',
  description: 'Reads the minimum rating on a scale of 10',
  inputs: ['spelling', 'titles', 'people', 'votes', 'money'],
  timeoutMs: ruleTimeoutMs,
  run: ({ votes, money, ...inputs }) => {
    const text = textWithoutNames(inputs, spansOf(votes, money));
    for (const pattern of patterns) {
      const match = text.find(pattern);
      const rating = match && toRating(match.groups);
      if (match && rating !== undefined) return { value: rating, spans: [match.span] };
    }
    return { value: null, spans: [] };
  },
  fallback: () => ({ value: null, spans: [] }),
});

function toRating([text, percent, outOf, stars]: readonly (string | undefined)[]): number | undefined {
  const value = toNumber(text);
  if (value === undefined) return undefined;
  const base = percent ? 100 : outOf ? toNumber(outOf) : stars && value <= 5 ? 5 : value > 10 ? 100 : 10;
  if (base === undefined || value > base) return undefined;
  return Math.round((value / base) * 100) / 10;
}
