import type { Movie } from '@app/catalogue';

/** Returns a movie of which only these facts are known. */
export const testMovie = (facts: Partial<Movie> & Pick<Movie, 'id'>): Movie => ({
  title: `Movie ${facts.id}`,
  releaseDate: '2000-06-15',
  directors: [],
  cast: [],
  genres: [],
  countries: [],
  keywords: [],
  overview: 'A story.',
  ...facts,
});
