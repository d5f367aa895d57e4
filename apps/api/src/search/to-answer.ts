import type { Movie } from '@app/catalogue';
import type { IndexStats, SearchPage, SearchResult } from '@app/search';

/** Returns the body of `POST /v1/search`. */
export const toSearchResponse = (query: string, page: SearchPage, explain: boolean) => ({
  query,
  understanding: page.understanding,
  total: page.total,
  results: page.results.map((result) => toResult(result, explain)),
  facets: page.facets,
  relaxed: page.relaxed,
  degraded: page.degraded,
  nextCursor: page.nextCursor,
  index: toIndex(page.index),
});

/** Returns the body of `GET /v1/movies/{id}/similar`. */
export const toSimilarResponse = (page: SearchPage) => ({
  total: page.total,
  results: page.results.map((result) => toResult(result, false)),
  nextCursor: page.nextCursor,
  index: toIndex(page.index),
});

const toIndex = ({ version, movies, source, updatedAt }: IndexStats) => ({
  version,
  movies,
  source,
  updatedAt: updatedAt.toISOString(),
});

const toResult = ({ movie, hit, reasons }: SearchResult, explain: boolean) => ({
  id: hit.id,
  score: hit.score,
  movie: toMovie(movie, hit.trendingRank),
  why: {
    matched: reasons,
    ...(explain && { explanation: { similarity: hit.similarity, parts: hit.parts } }),
  },
});

const toMovie = (movie: Movie, trendingRank: number | null) => ({
  id: movie.id,
  title: movie.title,
  originalTitle: movie.originalTitle ?? movie.title,
  releaseDate: movie.releaseDate,
  genres: movie.genres,
  runtimeMinutes: movie.runtimeMinutes ?? null,
  certification: movie.certification ?? null,
  language: movie.originalLanguage ?? null,
  directors: movie.directors,
  cast: movie.cast.map(({ name, character }) => ({ name, character: character ?? null })),
  overview: movie.overview,
  voteAverage: movie.voteAverage ?? null,
  voteCount: movie.voteCount ?? null,
  posterPath: movie.posterPath ?? null,
  trendingRank,
});
