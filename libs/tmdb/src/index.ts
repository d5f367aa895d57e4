export { MovieChangesService } from './movie-changes.service.js';
export { toMovieLanguage } from './movie-language.js';
export { InvalidMovieError } from './movies.errors.js';
export { MOVIES_PROVIDER, type MoviesProvider } from './movies-provider.js';
export { MoviesService } from './movies.service.js';
export { TmdbRepository } from './tmdb.repository.js';
export { TMDB_CRAWLER, TmdbCrawler } from './tmdb/tmdb-crawler.js';
export { TmdbPace } from './tmdb/tmdb-pace.js';
export { TmdbModule } from './tmdb.module.js';
