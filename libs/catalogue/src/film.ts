import type { Movie } from './movie.schema.js';

/** A movie of vega-datasets, of which nothing but a few figures is known. What the dataset does not know is absent. */
export interface Film extends Pick<
  Movie,
  'id' | 'title' | 'releaseDate' | 'runtimeMinutes' | 'budget' | 'revenue' | 'voteAverage' | 'voteCount'
> {
  readonly certification?: Movie['certification'];
  readonly genres: Movie['genres'];
  readonly director?: string;
}

export function toMovie({ director, ...film }: Film): Movie {
  return {
    ...film,
    directors: director === undefined ? [] : [director],
    cast: [],
    countries: [],
    keywords: [],
    overview: '',
  };
}
