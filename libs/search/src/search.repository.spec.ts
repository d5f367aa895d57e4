import { describe, expect, it } from '@jest/globals';
import type { SearchFilters, SearchSubject } from './pipeline/search-request.js';
import { hashOf } from './search.repository.js';

const words = (filters: SearchFilters, exclude: readonly number[] = [], query = 'heist'): SearchSubject => ({
  kind: 'words',
  query,
  filters,
  exclude,
});

describe('hashOf', () => {
  it('returns a lower-case hexadecimal SHA-256', () => {
    expect(hashOf(words({}))).toMatch(/^[0-9a-f]{64}$/);
  });

  it('does not depend on the order of filters, genres, people and excluded movies', () => {
    const hash = hashOf(words({ genres: ['Crime', 'Drama'], people: ['Al Pacino', 'Val Kilmer'] }, [1, 20]));
    expect(hashOf(words({ people: ['Val Kilmer', 'Al Pacino'], genres: ['Drama', 'Crime'] }, [20, 1]))).toBe(
      hash,
    );
  });

  it('does not depend on filters that are undefined', () => {
    expect(hashOf(words({ yearFrom: undefined }))).toBe(hashOf(words({})));
  });

  it('differs for everything that decides which movies are found', () => {
    const subjects: SearchSubject[] = [
      words({}),
      words({}, [], 'heists'),
      words({}, [1]),
      words({}, [2]),
      words({}, [1, 2]),
      words({}, [12]),
      words({ genres: ['Crime'] }),
      words({ excludedGenres: ['Crime'] }),
      words({ genres: ['Crime', 'Drama'] }),
      words({ people: ['Al Pacino'] }),
      words({ yearFrom: 1990 }),
      words({ yearTo: 1990 }),
      words({ yearFrom: 1990, yearTo: 2000 }),
      words({ yearFrom: 2000, yearTo: 1990 }),
      words({ runtimeMin: 90 }),
      words({ runtimeMax: 90 }),
      words({ certification: ['R'] }),
      words({ language: 'ko' }),
      words({ minRating: 7 }),
      { kind: 'similar', movieId: 1, exclude: [] },
      { kind: 'similar', movieId: 2, exclude: [] },
      { kind: 'similar', movieId: 1, exclude: [1] },
    ];
    expect(new Set(subjects.map(hashOf)).size).toBe(subjects.length);
  });
});
