export { parseRetryAfterMs } from './retry-after.js';
export { UpstreamClient, type JsonAnswer, type UpstreamOptions } from './upstream-client.js';
export { UpstreamError, type UpstreamFailure } from './upstream.errors.js';
export { UpstreamModule } from './upstream.metrics.js';
