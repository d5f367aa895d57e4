import { describe, expect, it } from '@jest/globals';
import { bundledMovieSchema } from './bundled-movie.schema.js';
import { movieSchema } from './movie.schema.js';

const words = (count: number) => Array.from({ length: count }, (_, index) => `word${index}`);

/** A movie that the bundled catalogue accepts, with the given fields replaced. */
const movieWith = (fields: Readonly<Record<string, unknown>>) => ({
  id: 1_000_000_001,
  title: 'Metropolis',
  releaseDate: '1927-01-10',
  directors: ['Fritz Lang'],
  cast: [{ name: 'Brigitte Helm', character: 'Maria' }],
  genres: ['Science Fiction'],
  runtimeMinutes: 153,
  originalLanguage: 'de',
  countries: ['DE'],
  keywords: words(8),
  overview: words(40).join(' '),
  popularity: 4,
  ...fields,
});

const faultyFields = (schema: typeof movieSchema, value: unknown) =>
  (schema.safeParse(value).error?.issues ?? []).map(({ path }) => path[0]);

describe('movieSchema', () => {
  it('fills in empty lists', () => {
    const movie = movieSchema.parse({ id: 7, title: 'Metropolis', releaseDate: '1927', overview: 'A city.' });
    expect(movie).toEqual({
      id: 7,
      title: 'Metropolis',
      releaseDate: '1927',
      directors: [],
      cast: [],
      genres: [],
      countries: [],
      keywords: [],
      overview: 'A city.',
    });
  });

  it('refuses a field that it does not know', () => {
    expect(movieSchema.safeParse(movieWith({ year: 1927 })).success).toBe(false);
  });

  it.each([
    ['id', 0],
    ['id', 1.5],
    ['title', ' Metropolis'],
    ['title', ''],
    ['releaseDate', '1927-02-30'],
    ['releaseDate', '27'],
    ['directors', ['Fritz Lang', 'Fritz Lang']],
    ['cast', [{ character: 'Maria' }]],
    ['genres', ['Sci-Fi']],
    ['runtimeMinutes', 0],
    ['certification', 'Approved'],
    ['originalLanguage', 'German'],
    ['countries', ['de']],
    ['keywords', ['Robot']],
    ['overview', ''],
    ['awards', ['Oscar']],
    ['popularity', 6],
    ['voteAverage', 11],
    ['budget', -1],
  ])('refuses %s: %j and names the field', (field, value) => {
    expect(faultyFields(movieSchema, movieWith({ [field]: value }))).toEqual([field]);
  });
});

describe('bundledMovieSchema', () => {
  it('accepts a movie that is described in full', () => {
    expect(bundledMovieSchema.safeParse(movieWith({})).error).toBeUndefined();
  });

  it('accepts animation and documentaries without a cast', () => {
    expect(bundledMovieSchema.safeParse(movieWith({ cast: [], genres: ['Animation'] })).success).toBe(true);
  });

  it.each([
    ['id', 603],
    ['releaseDate', '1894'],
    ['originalTitle', 'Metropolis'],
    ['directors', []],
    ['writers', words(5)],
    ['cast', []],
    ['cast', words(7).map((name) => ({ name }))],
    ['genres', []],
    ['runtimeMinutes', undefined],
    ['originalLanguage', undefined],
    ['originalLanguage', 'qq'],
    ['countries', []],
    ['countries', ['UK']],
    ['countries', ['QQ']],
    ['keywords', words(7)],
    ['keywords', words(16)],
    ['overview', words(39).join(' ')],
    ['overview', words(81).join(' ')],
    ['popularity', undefined],
    ['voteCount', 12],
  ])('refuses %s: %j and names the field', (field, value) => {
    expect(faultyFields(bundledMovieSchema, movieWith({ [field]: value }))).toEqual([field]);
  });

  it('accepts the shortest and the longest overview', () => {
    for (const count of [40, 80])
      expect(bundledMovieSchema.safeParse(movieWith({ overview: words(count).join(' ') })).success).toBe(
        true,
      );
  });
});
