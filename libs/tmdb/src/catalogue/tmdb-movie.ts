import type { Film } from '@app/catalogue';

/** TMDB's list (GET /genre/movie/list). */
const genreIds: Readonly<Record<string, number>> = {
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

/** TMDB's movie details (GET /movie/{id} with credits, videos and release dates) of a film of the catalogue. */
export function toTmdbMovie(film: Film) {
  return {
    adult: false,
    backdrop_path: null,
    belongs_to_collection: null,
    budget: film.budget ?? 0,
    genres: film.genres.map((name) => ({ id: genreIds[name] ?? 0, name })),
    homepage: '',
    id: film.id,
    imdb_id: null,
    original_language: 'en',
    original_title: film.title,
    overview: '',
    popularity: (film.voteCount ?? 0) / 1000,
    poster_path: null,
    production_companies: [],
    production_countries: [],
    release_date: film.releaseDate,
    revenue: film.revenue ?? 0,
    runtime: film.runtimeMinutes ?? null,
    spoken_languages: [],
    status: 'Released',
    tagline: '',
    title: film.title,
    video: false,
    vote_average: film.voteAverage ?? 0,
    vote_count: film.voteCount ?? 0,
    credits: { cast: [], crew: film.director ? [directorOf(film.director)] : [] },
    videos: { results: [] },
    release_dates: { results: film.certification ? [releaseOf(film, film.certification)] : [] },
    // Not TMDB's: says whose data this is.
    marquee_source: 'catalogue',
  };
}

function directorOf(name: string) {
  return {
    adult: false,
    gender: 0,
    id: 0,
    known_for_department: 'Directing',
    name,
    original_name: name,
    popularity: 0,
    profile_path: null,
    credit_id: '',
    department: 'Directing',
    job: 'Director',
  };
}

function releaseOf({ releaseDate }: Film, certification: string) {
  const release = {
    certification,
    descriptors: [],
    iso_639_1: '',
    note: '',
    release_date: `${releaseDate}T00:00:00.000Z`,
    type: 3,
  };
  return { iso_3166_1: 'US', release_dates: [release] };
}
