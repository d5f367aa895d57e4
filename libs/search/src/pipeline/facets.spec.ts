import { describe, expect, it } from '@jest/globals';
import { testMovie } from '../testing/test-movie.js';
import { countFacets, facetNames } from './facets.js';

const movies = [
  testMovie({ id: 1, releaseDate: '1995-12-15', genres: ['Crime', 'Drama'], certification: 'R' }),
  testMovie({ id: 2, releaseDate: '1999', genres: ['Drama'] }),
  testMovie({ id: 3, releaseDate: '2010-01-01', genres: ['Action', 'Drama'], certification: 'R' }),
];

describe('countFacets', () => {
  it('counts each value, the most frequent first, then by name', () => {
    expect(countFacets(movies, facetNames)).toEqual({
      genres: [
        { value: 'Drama', count: 3 },
        { value: 'Action', count: 1 },
        { value: 'Crime', count: 1 },
      ],
      decades: [
        { value: '1990s', count: 2 },
        { value: '2010s', count: 1 },
      ],
      certification: [{ value: 'R', count: 2 }],
    });
  });

  it('counts only the named facets', () => {
    expect(Object.keys(countFacets(movies, ['decades']))).toEqual(['decades']);
    expect(countFacets(movies, [])).toEqual({});
  });

  it('has empty facets for no movies', () => {
    expect(countFacets([], ['genres'])).toEqual({ genres: [] });
  });
});
