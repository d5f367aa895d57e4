import { describe, expect, it } from '@jest/globals';
import type { Understanding } from '@app/query-understanding';
import { type Constraints, noRange, unconstrained } from '../movie-index/constraints.js';
import { testMovie } from '../testing/test-movie.js';
import { testUnderstanding } from '../testing/test-understanding.js';
import { planSearch, planSimilar, relax, relaxable, relaxations } from './search-plan.js';
import type { SearchFilters } from './search-request.js';

const plan = (query: string, facts: Partial<Understanding> = {}, filters: SearchFilters = {}) =>
  planSearch(testUnderstanding(query, facts), filters, new Set());
const constraints = (facts: Partial<Understanding>, filters: SearchFilters = {}): Constraints =>
  plan('', facts, filters).constraints;

const everything: Partial<Understanding> = {
  people: [{ name: 'Tom Hanks', role: 'actor' }],
  genres: ['Drama'],
  excludedGenres: ['Horror'],
  years: { from: 1990, to: 1999 },
  released: { from: '1990-05-01', to: '1999-12-31' },
  runtimeMinutes: { min: 90, max: 120 },
  certification: ['PG'],
  spokenLanguages: ['en'],
  countries: ['US'],
  countryCount: { min: 1, max: 2 },
  rating: { min: 7 },
  votes: { min: 100 },
  budget: { min: 1, max: 2 },
  revenue: { min: 3, max: 4 },
};

describe('planSearch', () => {
  it('demands what the words demand', () => {
    expect(constraints(everything)).toEqual({
      people: [{ name: 'Tom Hanks', role: 'actor' }],
      genres: ['Drama'],
      excludedGenres: ['Horror'],
      years: { from: 1990, to: 1999 },
      released: { from: '1990-05-01', to: '1999-12-31' },
      runtimeMinutes: { from: 90, to: 120 },
      certifications: ['PG'],
      languages: ['en'],
      countries: ['US'],
      countryCount: { from: 1, to: 2 },
      minRating: 7,
      minVotes: 100,
      budget: { from: 1, to: 2 },
      revenue: { from: 3, to: 4 },
      excludedIds: new Set(),
    });
  });

  it('demands nothing of plain words', () => {
    expect(plan('a man cannot form new memories').constraints).toEqual(unconstrained);
  });

  it('excludes movies', () => {
    const excluded = new Set([7, 8]);
    const { constraints: demanded, filters } = planSearch(testUnderstanding('heist'), {}, excluded);
    expect([demanded.excludedIds, filters.excludedIds]).toEqual([excluded, excluded]);
  });

  describe('filters', () => {
    it('replace what the words say about the same thing', () => {
      const demanded = constraints(everything, {
        yearFrom: 2010,
        runtimeMax: 100,
        certification: ['R'],
        language: 'ko',
        minRating: 5,
      });
      expect(demanded).toMatchObject({
        years: { from: 2010, to: null },
        released: noRange,
        runtimeMinutes: { from: null, to: 100 },
        certifications: ['R'],
        languages: ['ko'],
        minRating: 5,
      });
    });

    it('leave what the words say about other things', () => {
      const demanded = constraints(everything, { minRating: 0 });
      expect(demanded).toEqual({ ...constraints(everything), minRating: 0 });
    });

    it('add genres, excluded genres and people', () => {
      const demanded = constraints(everything, {
        genres: ['Comedy'],
        excludedGenres: ['War'],
        people: ['Meg Ryan'],
      });
      expect(new Set(demanded.genres)).toEqual(new Set(['Comedy', 'Drama']));
      expect(new Set(demanded.excludedGenres)).toEqual(new Set(['Horror', 'War']));
      expect(demanded.people).toEqual([
        { name: 'Meg Ryan', role: 'any' },
        { name: 'Tom Hanks', role: 'actor' },
      ]);
    });

    it('win where they contradict the words', () => {
      const demanded = constraints(everything, { genres: ['Horror'], excludedGenres: ['Drama'] });
      expect([demanded.genres, demanded.excludedGenres]).toEqual([['Horror'], ['Drama']]);
    });
  });

  describe('intent similar', () => {
    it('searches for the movies like the named one, and not for its title', () => {
      const similar = plan('like Inception but funnier', { intent: 'similar', titles: ['Inception'] });
      expect(similar).toMatchObject({ references: ['Inception'], titles: [], isBrowsing: false });
      expect(similar.words).not.toContain('inception');
    });

    it('without a title is an ordinary search', () => {
      const search = plan('something like it', { intent: 'similar' });
      expect(search.references).toEqual([]);
      expect(search.titles).toContain('something like it');
    });
  });

  it('ranks trending movies by their rank, whatever words ask for them', () => {
    for (const query of ["what's trending right now", 'currently trending movies', 'trending this week'])
      expect(plan(query, { intent: 'trending', sort: 'popularity' })).toMatchObject({
        isBrowsing: true,
        sort: 'relevance',
      });
    const narrowed = plan('trending zebras', { intent: 'trending', sort: 'popularity' });
    expect(narrowed).toMatchObject({ isBrowsing: false, words: 'zebras' });
  });

  it('browses where the words say nothing beyond constraints', () => {
    expect(plan('good movies', {}).isBrowsing).toBe(true);
    expect(plan('Tom Hanks dramas'.toLowerCase(), { ...everything, rewritten: 'tom hanks' }).isBrowsing).toBe(
      true,
    );
    expect(plan('zebras').isBrowsing).toBe(false);
  });
});

describe('relaxable', () => {
  it('lists what the words demand, the softest first', () => {
    expect(relaxable(plan('', everything))).toEqual(relaxations);
    expect(relaxable(plan('', { years: { from: 1990, to: null }, rating: { min: 7 } }))).toEqual([
      'rating',
      'years',
    ]);
  });

  it('lists neither people nor exclusions', () => {
    const { people = [], excludedGenres = [] } = everything;
    expect(
      relaxable(planSearch(testUnderstanding('', { people, excludedGenres }), {}, new Set([7]))),
    ).toEqual([]);
  });

  it('lists no filters', () => {
    const filters: SearchFilters = {
      genres: ['Drama'],
      yearFrom: 1990,
      runtimeMax: 100,
      certification: ['R'],
      language: 'ko',
      minRating: 5,
    };
    expect(relaxable(plan('', {}, filters))).toEqual([]);
    expect(relaxable(plan('', everything, filters))).toEqual([
      'votes',
      'budget',
      'revenue',
      'countryCount',
      'countries',
    ]);
  });

  it('lists genres of the words beside genres of the filters', () => {
    const search = plan('', { genres: ['Drama'] }, { genres: ['Comedy'] });
    expect(relaxable(search)).toEqual(['genres']);
    expect(relax(search, ['genres']).genres).toEqual(['Comedy']);
  });
});

describe('relax', () => {
  it('drops the named constraints and nothing else', () => {
    const search = plan('', everything);
    for (const dropped of relaxations) {
      const left = relax(search, [dropped]);
      const changed = (Object.keys(left) as (keyof Constraints)[]).filter(
        (member) => left[member] !== search.constraints[member],
      );
      expect(changed.length).toBe(dropped === 'years' ? 2 : 1);
    }
  });

  it('leaves people, exclusions and filters even if everything is dropped', () => {
    const search = planSearch(testUnderstanding('', everything), { runtimeMax: 100 }, new Set([7]));
    expect(relax(search, relaxations)).toEqual({
      ...unconstrained,
      people: [{ name: 'Tom Hanks', role: 'actor' }],
      excludedGenres: ['Horror'],
      runtimeMinutes: { from: null, to: 100 },
      excludedIds: new Set([7]),
    });
  });
});

describe('planSimilar', () => {
  it('demands nothing but exclusions', () => {
    const similar = planSimilar([testMovie({ id: 1, title: 'Heat', genres: ['Crime'] })], new Set([2]));
    expect(similar.constraints).toEqual({ ...unconstrained, excludedIds: new Set([2]) });
    expect(similar).toMatchObject({ references: ['Heat'], isBrowsing: false, intent: 'similar' });
    expect(relaxable(similar)).toEqual([]);
  });
});
