import { describe, expect, it } from '@jest/globals';
import { toIndexMovie } from './tmdb-movie.js';

const heat = {
  adult: false,
  id: 949,
  title: 'Heat',
  original_title: 'Heat',
  release_date: '1995-12-15',
  overview: ' Obsessive master thief Neil McCauley leads a crew. ',
  genres: [
    { id: 80, name: 'Crime' },
    { id: 1, name: 'No Genre' },
  ],
  original_language: 'en',
  poster_path: '/umSVjVdbVwtx5ryCA2QXL44Durm.jpg',
  runtime: 170,
  vote_average: 7.9,
  vote_count: 7000,
  budget: 60_000_000,
  revenue: 0,
  production_countries: [{ iso_3166_1: 'US', name: 'United States of America' }],
  belongs_to_collection: { id: 1, name: 'Heat Collection' },
  credits: {
    cast: [
      { name: 'Robert De Niro', character: 'Neil McCauley', order: 1 },
      { name: 'Al Pacino', character: 'Vincent Hanna', order: 0 },
      { name: 'Al Pacino', character: 'Himself', order: 7 },
    ],
    crew: [
      { name: 'Michael Mann', job: 'Director' },
      { name: 'Michael Mann', job: 'Writer' },
      { name: 'Dante Spinotti', job: 'Director of Photography' },
    ],
  },
  keywords: {
    keywords: [
      { id: 1, name: 'Bank Robbery' },
      { id: 2, name: 'bank robbery' },
    ],
  },
  release_dates: {
    results: [
      { iso_3166_1: 'DE', release_dates: [{ certification: '16', type: 3 }] },
      {
        iso_3166_1: 'US',
        release_dates: [
          { certification: 'NR', type: 1 },
          { certification: 'R', type: 3 },
        ],
      },
    ],
  },
};

describe(toIndexMovie.name, () => {
  it('converts what viewers search for', () => {
    expect(toIndexMovie(heat)).toEqual({
      id: 949,
      title: 'Heat',
      releaseDate: '1995-12-15',
      overview: 'Obsessive master thief Neil McCauley leads a crew.',
      directors: ['Michael Mann'],
      writers: ['Michael Mann'],
      cast: [
        { name: 'Al Pacino', character: 'Vincent Hanna' },
        { name: 'Robert De Niro', character: 'Neil McCauley' },
      ],
      genres: ['Crime'],
      runtimeMinutes: 170,
      certification: 'R',
      originalLanguage: 'en',
      countries: ['US'],
      keywords: ['bank robbery'],
      collection: 'Heat',
      popularity: 4,
      voteAverage: 7.9,
      voteCount: 7000,
      posterPath: '/umSVjVdbVwtx5ryCA2QXL44Durm.jpg',
      budget: 60_000_000,
    });
  });

  it('treats missing and malformed fields as unknown', () => {
    const sparse = {
      id: 1,
      title: 'A',
      release_date: '2020-01-01',
      runtime: 'long',
      credits: null,
      keywords: [],
    };
    expect(toIndexMovie(sparse)).toEqual({
      id: 1,
      title: 'A',
      releaseDate: '2020-01-01',
      overview: 'A',
      directors: [],
      writers: [],
      cast: [],
      genres: [],
      countries: [],
      keywords: [],
      popularity: 1,
      voteCount: 0,
    });
  });

  it.each([
    ['is for adults', { ...heat, adult: true }],
    ['has no title', { ...heat, title: '' }],
    ['has no release date', { ...heat, release_date: '' }],
    ['has no id', { title: 'Heat' }],
    ['is no object', 'Heat'],
  ])('omits a movie that %s', (_, details) => {
    expect(toIndexMovie(details)).toBeUndefined();
  });
});
