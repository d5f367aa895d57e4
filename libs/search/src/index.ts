export { InProcessMovieIndex } from './in-process/in-process-movie-index.js';
export {
  type Constraints,
  type PersonConstraint,
  type PersonRole,
  type Range,
  unconstrained,
} from './movie-index/constraints.js';
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
export { facetNames } from './pipeline/facets.js';
export { scorePartNames } from './pipeline/score-parts.js';
export { relaxations } from './pipeline/search-plan.js';
export { type SearchFeatures, SearchPipeline } from './pipeline/search-pipeline.js';
export type { SearchFilters, SearchSubject } from './pipeline/search-request.js';
export { StageTimer } from './pipeline/stage-timer.js';
export { reasonKinds } from './pipeline/why.js';
export { degradations, type RankedAnswer } from './ranked-answer.js';
export { SearchModule } from './search.module.js';
export { SEARCH_VERSION } from './search.repository.js';
export { type SearchPage, type SearchResult, SearchService } from './search.service.js';
export { IndexAdminService, type IndexState } from './indexing/index-admin.service.js';
export { type ImportProgress, type ImportResult, IndexImporter } from './indexing/index-importer.js';
export { type Builder, IndexPublisher, newSnapshot } from './indexing/index-publisher.js';
export { BUILD_LOCK_TTL_MS, IndexBuilder } from './indexing/index-builder.js';
export { IndexBuildingModule } from './indexing/index-building.module.js';
export { IndexLoader } from './indexing/index-loader.js';
export { IndexingMetrics } from './indexing/indexing.metrics.js';
export { IndexingModule } from './indexing/indexing.module.js';
export { SnapshotFollower } from './indexing/snapshot-follower.js';
export { decodeSnapshot, type EncodedSnapshot, encodeSnapshot } from './snapshot/encoded-snapshot.js';
export {
  IndexNotPublishedError,
  IndexSupersededError,
  UnreadableSnapshotError,
} from './snapshot/snapshot.errors.js';
export { SnapshotRepository } from './snapshot/snapshot.repository.js';
export { CatalogueSource } from './sources/catalogue.source.js';
