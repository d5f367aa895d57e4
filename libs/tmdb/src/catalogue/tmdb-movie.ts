import { createHash } from 'node:crypto';
import type { Movie } from '@app/catalogue';

/** TMDB's genre ids (GET /genre/movie/list). */
const genreIds: Readonly<Record<Movie['genres'][number], number>> = {
  Action: 28,
  Adventure: 12,
  Animation: 16,
  Comedy: 35,
  Crime: 80,
  Documentary: 99,
  Drama: 18,
  Family: 10751,
  Fantasy: 14,
  History: 36,
  Horror: 27,
  Music: 10402,
  Mystery: 9648,
  Romance: 10749,
  'Science Fiction': 878,
  'TV Movie': 10770,
  Thriller: 53,
  War: 10752,
  Western: 37,
};

const languageNames = new Intl.DisplayNames('en', { type: 'language' });
const countryNames = new Intl.DisplayNames('en', { type: 'region' });

/** Converts a movie of the catalogue to TMDB's movie details (GET /movie/{id} with the parts that Marquee appends). */
export function toTmdbMovie(movie: Movie) {
  const language = movie.originalLanguage ?? 'en';
  return {
    adult: false,
    backdrop_path: null,
    belongs_to_collection: movie.collection === undefined ? null : collectionOf(movie.collection),
    budget: movie.budget ?? 0,
    genres: movie.genres.map((name) => ({ id: genreIds[name], name })),
    homepage: '',
    id: movie.id,
    imdb_id: null,
    original_language: language,
    original_title: movie.originalTitle ?? movie.title,
    overview: movie.overview,
    popularity: movie.popularity ?? 0,
    poster_path: null,
    production_companies: [],
    production_countries: movie.countries.map((code) => ({
      iso_3166_1: code,
      name: countryNames.of(code) ?? code,
    })),
    release_date: dateOf(movie),
    revenue: movie.revenue ?? 0,
    runtime: movie.runtimeMinutes ?? null,
    spoken_languages: [languageOf(language)],
    status: 'Released',
    tagline: '',
    title: movie.title,
    video: false,
    vote_average: movie.voteAverage ?? 0,
    vote_count: movie.voteCount ?? 0,
    credits: {
      cast: movie.cast.map(({ name, character = '' }, order) => ({
        ...personOf(name, 'Acting'),
        cast_id: order,
        character,
        order,
      })),
      crew: [
        ...movie.directors.map((name) => ({
          ...personOf(name, 'Directing'),
          department: 'Directing',
          job: 'Director',
        })),
        ...(movie.writers ?? []).map((name) => ({
          ...personOf(name, 'Writing'),
          department: 'Writing',
          job: 'Writer',
        })),
      ],
    },
    keywords: { keywords: movie.keywords.map((name) => ({ id: idOf(`keyword ${name}`), name })) },
    videos: { results: [] },
    release_dates: { results: movie.certification ? [releaseOf(movie, movie.certification)] : [] },
    // Not a field of TMDB: names the source of the data.
    marquee_source: 'catalogue',
  };
}

/** Returns January 1 if only the year is known, because TMDB's clients expect a date. */
const dateOf = ({ releaseDate }: Movie): string =>
  releaseDate.length === 4 ? `${releaseDate}-01-01` : releaseDate;

/** Returns a stable id for a name, above the range of TMDB's ids. */
const idOf = (name: string): number =>
  1_000_000_000 + (createHash('sha256').update(name).digest().readUInt32BE() % 1_000_000_000);

const collectionOf = (name: string) => ({
  id: idOf(`collection ${name}`),
  name,
  poster_path: null,
  backdrop_path: null,
});

const languageOf = (code: string) => ({
  english_name: languageNames.of(code) ?? code,
  iso_639_1: code,
  name: new Intl.DisplayNames(code, { type: 'language' }).of(code) ?? code,
});

const personOf = (name: string, department: string) => ({
  adult: false,
  gender: 0,
  id: idOf(`person ${name}`),
  known_for_department: department,
  name,
  original_name: name,
  popularity: 0,
  profile_path: null,
  credit_id: '',
});

function releaseOf(movie: Movie, certification: string) {
  const release = {
    certification,
    descriptors: [],
    iso_639_1: '',
    note: '',
    release_date: `${dateOf(movie)}T00:00:00.000Z`,
    type: 3,
  };
  return { iso_3166_1: 'US', release_dates: [release] };
}
