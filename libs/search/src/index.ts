export { InProcessMovieIndex } from './in-process/in-process-movie-index.js';
export type { Constraints, PersonConstraint, PersonRole, Range } from './movie-index/constraints.js';
export {
  type Candidate,
  type Hit,
  type IndexAnswer,
  type IndexDescription,
  type IndexedMovie,
  type IndexQuery,
  type IndexSnapshot,
  type IndexSource,
  indexSources,
  type IndexStats,
  MOVIE_INDEX,
  type MovieIndex,
  type Suggestion,
  type WordsHit,
} from './movie-index/movie-index.js';
export { IndexNotLoadedError, InvalidCursorError } from './search.errors.js';
