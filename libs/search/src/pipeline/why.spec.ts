import { describe, expect, it } from '@jest/globals';
import type { Understanding } from '@app/query-understanding';
import type { RankedHit } from '../ranked-answer.js';
import { testMovie } from '../testing/test-movie.js';
import { testUnderstanding } from '../testing/test-understanding.js';
import { scorePartNames } from './score-parts.js';
import { planSearch } from './search-plan.js';
import { reasonsFor } from './why.js';

const heat = testMovie({
  id: 1,
  title: 'Heat',
  releaseDate: '1995-12-15',
  genres: ['Crime', 'Thriller'],
  directors: ['Michael Mann'],
  writers: ['Michael Mann'],
  cast: [{ name: 'Al Pacino', character: 'Hanna' }, { name: 'Val Kilmer' }],
  runtimeMinutes: 170,
  keywords: ['bank robbery'],
  overview: 'A detective hunts professional thieves.',
});
const noParts = Object.fromEntries(scorePartNames.map((name) => [name, 0])) as RankedHit['parts'];
const reasons = (
  query: string,
  facts: Partial<Understanding> = {},
  hit: Partial<RankedHit> = {},
  references: readonly string[] = [],
) =>
  reasonsFor(
    heat,
    { id: 1, score: 1, similarity: null, trendingRank: null, parts: noParts, ...hit },
    planSearch(testUnderstanding(query, facts), {}, new Set()),
    references,
  );

describe('reasonsFor', () => {
  it('names the title if it matched', () => {
    expect(reasons('heta', {}, { parts: { ...noParts, title: 1 } })).toContainEqual({
      kind: 'title',
      text: 'Heat',
    });
  });

  it('names people by what they did in the movie', () => {
    const people = (name: string, role: Understanding['people'][number]['role']) =>
      reasons(name, { people: [{ name, role }] }).filter(({ kind }) => kind !== 'words');
    expect(people('Al Pacino', 'actor')).toEqual([{ kind: 'actor', text: 'Al Pacino as Hanna' }]);
    expect(people('Val Kilmer', 'any')).toEqual([{ kind: 'actor', text: 'with Val Kilmer' }]);
    expect(people('Michael Mann', 'director')).toEqual([
      { kind: 'director', text: 'directed by Michael Mann' },
    ]);
    expect(people('Michael Mann', 'any').map(({ kind }) => kind)).toEqual(['director', 'writer']);
  });

  it('names genre, year and running time only if the words constrain them', () => {
    const facts: Partial<Understanding> = {
      genres: ['Crime'],
      years: { from: 1990, to: 1999 },
      runtimeMinutes: { min: 150, max: null },
    };
    expect(reasons('crime', facts)).toEqual([
      { kind: 'genre', text: 'Crime' },
      { kind: 'year', text: '1995' },
      { kind: 'runtime', text: '170 minutes' },
    ]);
    expect(reasons('zebra')).toEqual([]);
  });

  it('names moods by the genre in which they are usual', () => {
    expect(reasons('zebra', { moods: ['tense', 'funny'] })).toEqual([
      { kind: 'mood', text: 'tense (Thriller)' },
    ]);
  });

  it('names themes and words that the movie contains, in the forms of the query', () => {
    expect(reasons('thief hunting giraffes', { themes: ['bank robberies', 'giraffes'] })).toEqual([
      { kind: 'theme', text: 'bank robberies' },
      { kind: 'words', text: expect.stringContaining('hunting') },
    ]);
  });

  it('names a similar plot above a similarity of 0.5', () => {
    expect(reasons('zebra', {}, { similarity: 0.49 })).toEqual([]);
    expect(reasons('zebra', {}, { similarity: 0.5 })).toEqual([
      { kind: 'meaning', text: 'the plot is similar' },
    ]);
    expect(reasons('zebra', {}, { similarity: 0.8 }, ['Collateral', 'Ronin'])).toEqual([
      { kind: 'meaning', text: 'like Collateral and Ronin' },
    ]);
  });

  it('names the trending rank', () => {
    expect(reasons('zebra', {}, { trendingRank: 3 })).toEqual([
      { kind: 'trending', text: 'number 3 in trending' },
    ]);
  });
});
