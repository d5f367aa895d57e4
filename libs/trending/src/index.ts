export { LastKnownTrending } from './last-known-trending.js';
export {
  TrendingNotReplacedError,
  TrendingRefusedError,
  TrendingUnavailableError,
} from './trending.errors.js';
export { type ChartsSource, TrendingModule } from './trending.module.js';
export { type Publication, TrendingPublisher } from './trending-publisher.service.js';
export { type TrendingGeneration, TrendingRepository } from './trending.repository.js';
export { TRENDING_SOURCE, type TrendingSource } from './trending-source.js';
export { TrendingRestorer } from './trending-restorer.service.js';
export type { Trending } from './trending-snapshot.js';
export { TrendingService } from './trending.service.js';
export { ViewsRepository } from './views/views.repository.js';
export { ViewsService } from './views/views.service.js';
