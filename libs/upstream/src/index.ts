export { parseRetryAfterMs } from './retry-after.js';
export {
  UpstreamClient,
  type JsonResponse,
  type UpstreamOptions,
  type UpstreamPace,
} from './upstream-client.js';
export { UpstreamError, type UpstreamFailure } from './upstream.errors.js';
export { UpstreamModule } from './upstream.metrics.js';
