import { movieSchema, type Movie } from './movie.schema.js';

/** TMDB's ids are below two million, so these cannot be mistaken for them. */
const firstBundledId = 1_000_000_001;
const firstYear = 1895;
const overviewWords = { min: 40, max: 80 };
const keywords = { min: 8, max: 15 };
/** Movies that can do without actors. */
const castlessGenres: readonly string[] = ['Documentary', 'Animation'];

const languageNames = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' });
const countryNames = new Intl.DisplayNames('en', { type: 'region', fallback: 'none' });
/** Regions that Intl names but that are not countries of ISO 3166-1, or not any longer. */
const notCountries = new Set('AN BU CS DD EU EZ FX NT QO SU TP UK UN YD YU ZR ZZ XA XB XK'.split(' '));

/** A line of the bundled catalogue: a movie that is described as fully as every other. */
export const bundledMovieSchema = movieSchema.check(({ value: movie, issues }) => {
  for (const [field, message] of faultsOf(movie))
    issues.push({ code: 'custom', path: [field], message, input: movie[field] });
});

type Fault = readonly [field: keyof Movie, message: string];

function faultsOf(movie: Movie): Fault[] {
  const faults: Fault[] = [];
  const require = (isMet: boolean, field: keyof Movie, message: string): void => {
    if (!isMet) faults.push([field, message]);
  };
  const isBetween = (count: number, { min, max }: { min: number; max: number }) =>
    count >= min && count <= max;

  require(movie.id >= firstBundledId, 'id', `must be at least ${firstBundledId}`);
  require(Number(movie.releaseDate.slice(0, 4)) >=
    firstYear, 'releaseDate', `must not be before ${firstYear}`);
  require(movie.originalTitle !== movie.title, 'originalTitle', 'must differ from title');
  require(movie.directors.length > 0, 'directors', 'must name at least one director');
  require((movie.writers?.length ?? 0) <= 4, 'writers', 'must name at most 4 writers');
  const minCast = movie.genres.some((genre) => castlessGenres.includes(genre)) ? 0 : 1;
  require(isBetween(movie.cast.length, {
    min: minCast,
    max: 6,
  }), 'cast', `must have ${minCast} to 6 entries`);
  require(isBetween(movie.genres.length, { min: 1, max: 4 }), 'genres', 'must have 1 to 4 entries');
  require(movie.runtimeMinutes !== undefined, 'runtimeMinutes', 'is required');
  require(isLanguage(movie.originalLanguage), 'originalLanguage', 'must be a language of ISO 639-1');
  require(movie.countries.length > 0 &&
    movie.countries.every(isCountry), 'countries', 'must be countries of ISO 3166-1');
  require(isBetween(
    movie.keywords.length,
    keywords,
  ), 'keywords', `must have ${keywords.min} to ${keywords.max} entries, not ${movie.keywords.length}`);
  const words = movie.overview.split(/\s+/u).length;
  require(isBetween(
    words,
    overviewWords,
  ), 'overview', `must have ${overviewWords.min} to ${overviewWords.max} words, not ${words}`);
  require(movie.popularity !== undefined, 'popularity', 'is required');
  require((movie.voteAverage === undefined) ===
    (movie.voteCount ===
      undefined), 'voteCount', 'must come with voteAverage, and voteAverage with voteCount');
  return faults;
}

function isLanguage(code: string | undefined): boolean {
  return code !== undefined && languageNames.of(code) !== undefined;
}

function isCountry(code: string): boolean {
  return !notCountries.has(code) && countryNames.of(code) !== undefined;
}
