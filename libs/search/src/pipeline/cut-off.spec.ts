import { describe, expect, it } from '@jest/globals';
import type { Understanding } from '@app/query-understanding';
import { testMovie } from '../testing/test-movie.js';
import { testUnderstanding } from '../testing/test-understanding.js';
import { cutOff } from './cut-off.js';
import type { Ranked } from './rank.js';
import { planSearch, planSimilar } from './search-plan.js';
import { scorePartNames, type ScoreParts } from './score-parts.js';
import type { SearchFilters } from './search-request.js';

const noParts = Object.fromEntries(scorePartNames.map((name) => [name, 0])) as ScoreParts;

/** A movie that contains this share of the words, with a text score in proportion. */
const ranked = (id: number, coverage: number, title = 0): Ranked => {
  const movie = testMovie({ id });
  const parts = { ...noParts, words: coverage, title };
  const words = { rank: id, score: 100 * coverage, matched: [], coverage };
  return { candidate: { movie, words }, movie, score: 1, parts };
};
const plan = (query: string, facts: Partial<Understanding> = {}, filters: SearchFilters = {}) =>
  planSearch(testUnderstanding(query, facts), filters, new Set());
const ids = (left: readonly Ranked[]) => left.map(({ movie }) => movie.id);
const movies = [ranked(1, 0.9), ranked(2, 0.6), ranked(3, 0.1)];

describe('cutOff', () => {
  it('leaves relevant movies in their order', () => {
    expect(ids(cutOff(movies, plan('zebras in space'), 0))).toEqual([1, 2]);
  });

  it('finds nothing if nothing is relevant', () => {
    expect(cutOff([ranked(1, 0.2), ranked(2, 0.1)], plan('qwertz asdf'), 0)).toEqual([]);
  });

  it('finds nothing for words that no movie contains, except titles', () => {
    expect(ids(cutOff([ranked(1, 0.4), ranked(2, 0.3, 1)], plan('qwertz asdf'), 1))).toEqual([2]);
  });

  it.each<[string, Partial<Understanding>]>([
    ['a mood', { moods: ['dark'] }],
    ['a person', { people: [{ name: 'Tom Hanks', role: 'actor' }] }],
    ['an excluded genre', { excludedGenres: ['Horror'] }],
    ['years', { years: { from: 1990, to: 1999 } }],
  ])('leaves everything for %s', (_, facts) => {
    expect(ids(cutOff(movies, plan('zebras in space', facts), 0.9))).toEqual([1, 2, 3]);
  });

  it('finds nothing for a question about something else, unless a movie matches clearly', () => {
    expect(cutOff([ranked(1, 0.4)], plan('best recipe for cookies'), 0)).toEqual([]);
    expect(ids(cutOff([ranked(1, 0.9)], plan('best recipe for cookies'), 0))).toEqual([1]);
  });

  it('finds nothing for punctuation', () => {
    expect(cutOff(movies, plan('?!'), 0)).toEqual([]);
  });

  it('is not widened by filters', () => {
    const filters: SearchFilters = { people: ['Tom Hanks'], yearFrom: 1990, excludedGenres: ['Horror'] };
    expect(ids(cutOff(movies, plan('zebras in space', {}, filters), 0))).toEqual([1, 2]);
  });

  it('leaves everything where the words say nothing, and for similar movies', () => {
    expect(ids(cutOff(movies, plan('movies'), 0))).toEqual([1, 2, 3]);
    expect(ids(cutOff(movies, planSimilar([testMovie({ id: 9 })], new Set()), 0))).toEqual([1, 2, 3]);
  });
});
