import { describe, expect, it } from '@jest/globals';
import type { Movie } from '@app/catalogue';
import { type Constraints, unconstrained } from '../movie-index/constraints.js';
import { testMovie } from '../testing/test-movie.js';
import { FilterColumns } from './filter-columns.js';

const movies: readonly Movie[] = [
  testMovie({
    id: 10,
    releaseDate: '1995-12-15',
    genres: ['Crime', 'Drama'],
    directors: ['Michael Mann'],
    writers: ['Michael Mann'],
    cast: [{ name: 'Al Pacino', character: 'Hanna' }, { name: 'Val Kilmer' }],
    runtimeMinutes: 170,
    certification: 'R',
    originalLanguage: 'en',
    countries: ['US'],
    voteAverage: 7.9,
    voteCount: 7_000,
    budget: 60_000_000,
    revenue: 187_000_000,
  }),
  testMovie({
    id: 20,
    releaseDate: '2001-04-25',
    genres: ['Comedy', 'Romance'],
    directors: ['Jean-Pierre Jeunet'],
    writers: ['Guillaume Laurant'],
    cast: [{ name: 'Audrey Tautou' }],
    runtimeMinutes: 122,
    certification: 'PG-13',
    originalLanguage: 'fr',
    countries: ['FR', 'DE'],
    voteAverage: 7.9,
    voteCount: 11_000,
    budget: 10_000_000,
    revenue: 174_000_000,
  }),
  // Nothing is known of this movie but its year.
  testMovie({ id: 30, releaseDate: '1995' }),
  // TMDB's 0 for an unknown amount.
  testMovie({ id: 40, releaseDate: '2010-01-01', genres: ['War', 'Western'], budget: 0, revenue: 0 }),
];
const columns = new FilterColumns(movies.length);
for (const [row, movie] of movies.entries()) columns.set(row, movie);

const idsFor = (constraints: Partial<Constraints>): number[] => {
  const mask = columns.mask({ ...unconstrained, ...constraints });
  return movies.filter((_, row) => mask[row] === 1).map(({ id }) => id);
};

describe('FilterColumns', () => {
  it('admits everything without constraints', () => {
    expect(idsFor({})).toEqual([10, 20, 30, 40]);
  });

  const cases: [Partial<Constraints>, number[]][] = [
    [{ genres: ['Crime'] }, [10]],
    [{ genres: ['Crime', 'Drama'] }, [10]],
    [{ genres: ['Crime', 'Comedy'] }, []],
    [{ genres: ['Western'] }, [40]],
    [{ excludedGenres: ['Drama'] }, [20, 30, 40]],
    [{ excludedGenres: ['Drama', 'Western'] }, [20, 30]],
    [{ genres: ['Crime'], excludedGenres: ['Drama'] }, []],
    [{ years: { from: 1995, to: 1995 } }, [10, 30]],
    [{ years: { from: 2001, to: null } }, [20, 40]],
    [{ years: { from: null, to: 1994 } }, []],
    [{ runtimeMinutes: { from: null, to: 122 } }, [20]],
    [{ runtimeMinutes: { from: 123, to: null } }, [10]],
    [{ runtimeMinutes: { from: 122, to: 170 } }, [10, 20]],
    [{ certifications: ['R', 'PG-13'] }, [10, 20]],
    [{ certifications: ['G'] }, []],
    [{ languages: ['fr'] }, [20]],
    [{ languages: ['fr', 'en'] }, [10, 20]],
    [{ countries: ['DE'] }, [20]],
    [{ countries: ['DE', 'US'] }, [10, 20]],
    [{ countryCount: { from: 2, to: null } }, [20]],
    [{ countryCount: { from: null, to: 1 } }, [10]],
    [{ minRating: 7.9 }, [10, 20]],
    [{ minRating: 7.91 }, []],
    [{ minVotes: 10_000 }, [20]],
    [{ budget: { from: null, to: 10_000_000 } }, [20]],
    [{ budget: { from: 60_000_000, to: null } }, [10]],
    [{ revenue: { from: null, to: 180_000_000 } }, [20]],
    [{ people: [{ name: 'michael mann', role: 'director' }] }, [10]],
    [{ people: [{ name: 'Michael Mann', role: 'actor' }] }, []],
    [{ people: [{ name: 'Guillaume Laurant', role: 'writer' }] }, [20]],
    [{ people: [{ name: 'Jean Pierre Jeunet', role: 'any' }] }, [20]],
    [{ people: [{ name: 'Al Pacino', role: 'any' }] }, [10]],
    [
      {
        people: [
          { name: 'Al Pacino', role: 'actor' },
          { name: 'Val Kilmer', role: 'actor' },
        ],
      },
      [10],
    ],
    [
      {
        people: [
          { name: 'Al Pacino', role: 'actor' },
          { name: 'Audrey Tautou', role: 'actor' },
        ],
      },
      [],
    ],
    [{ people: [{ name: 'Nobody', role: 'any' }] }, []],
    [{ people: [{ name: '__proto__', role: 'any' }] }, []],
    [{ excludedIds: new Set([10, 30, 999]) }, [20, 40]],
    [{ years: { from: 1995, to: 1995 }, genres: ['Drama'], excludedIds: new Set([10]) }, []],
  ];
  it.each(cases)('%j admits %j', (constraints, ids) => {
    expect(idsFor(constraints)).toEqual(ids);
  });

  describe('release dates', () => {
    const released = (from: string | null, to: string | null) => idsFor({ released: { from, to } });

    it('include both ends', () => {
      expect(released('1995-12-15', '2001-04-25')).toEqual([10, 20]);
      expect(released('1995-12-16', '2001-04-24')).toEqual([]);
    });

    it('admit a movie of which only the year is known if the whole year is within them', () => {
      expect(released('1995-01-01', '1995-12-31')).toEqual([10, 30]);
      expect(released('1995-01-02', '1995-12-31')).toEqual([10]);
      expect(released('1995-01-01', '1995-12-30')).toEqual([10]);
      expect(released(null, '1995-12-31')).toEqual([10, 30]);
      expect(released('1995-01-01', null)).toEqual([10, 20, 30, 40]);
    });
  });
});
