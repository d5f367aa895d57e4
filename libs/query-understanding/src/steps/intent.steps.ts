import { sortCues, trendingCue } from '../vocabulary/sort-cues.js';
import { describesMovies } from '../vocabulary/noun-phrases.js';
import { Mask } from '../words/words.js';
import { WordText } from '../words/word-text.js';
import { namedSpans, ruleTimeoutMs, step } from './values.js';

export const intentStep = step({
  name: 'intent',
  description: 'Classifies the intent of the query',
  inputs: ['spelling', 'titles', 'people', 'concepts'],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, concepts }) => {
    if (titles.some(({ as }) => as === 'likeness')) return 'similar';
    const mask = new Mask(words.length, namedSpans(titles, people));
    if (new WordText(words, mask).find(trendingCue)) return 'trending';
    if (people.people.length > 0) return 'person';
    return titles.some(({ as }) => as === 'requested') && concepts.length === 0 ? 'title' : 'search';
  },
  fallback: () => 'search' as const,
});

export const sortStep = step({
  name: 'sort',
  description: 'Reads the requested order',
  inputs: ['spelling', 'titles', 'people', 'constraints', 'negation', 'concepts'],
  timeoutMs: ruleTimeoutMs,
  run: ({ spelling: words, titles, people, constraints, negation, concepts }) => {
    const named = namedSpans(titles, people);
    const mask = new Mask(words.length, [
      ...named,
      ...constraints,
      ...negation,
      ...concepts.map(({ span }) => span),
    ]);
    const isTrending = new WordText(words, new Mask(words.length, named)).find(trendingCue);
    if (isTrending && !titles.some(({ as }) => as === 'likeness'))
      return { value: 'popularity', spans: [isTrending.span] };
    const text = new WordText(words, mask);
    const name = new Mask(words.length, named);
    for (const [sort, pattern] of sortCues) {
      const match = text
        .findAll(pattern)
        .find(({ span }) => describesMovies(words, span, (index) => name.isTaken(index)));
      if (match) return { value: sort, spans: [match.span] };
    }
    return { value: 'relevance', spans: [] };
  },
  fallback: () => ({ value: 'relevance', spans: [] }),
});
