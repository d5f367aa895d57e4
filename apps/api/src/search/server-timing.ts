import type { CacheResult } from '@app/cache';
import type { SearchPage } from '@app/search';

/** Returns the `Server-Timing` field: the cache outcome, and the duration of each stage in milliseconds. */
export const serverTiming = (cache: CacheResult<unknown>, timings: SearchPage['timings']): string =>
  [
    `cache;desc=${cache.outcome}`,
    ...timings.map(({ stage, durationMs }) => `${stage};dur=${durationMs.toFixed(2)}`),
  ].join(', ');
