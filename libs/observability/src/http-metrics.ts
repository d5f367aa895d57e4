import type { Registry } from 'prom-client';
import { DurationHistogram, type Durations } from './duration-histogram.js';

export type ObserveRequest = (
  method: string,
  route: string | undefined,
  status: number,
  durationMs: number,
) => void;

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Records the duration of requests by method, route pattern and status class: labels that clients cannot multiply. */
export function httpMetrics(registry: Registry): ObserveRequest {
  const duration = new DurationHistogram({
    name: 'marquee_http_request_duration_seconds',
    help: 'Duration of HTTP requests, by method, route and class of status',
    labelNames: ['method', 'route', 'status'],
    bucketsSeconds: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registry,
  });
  const known = new Map<string, Durations>();
  return (method, route = 'none', status, durationMs) => {
    const statusClass = `${Math.floor(status / 100)}xx`;
    const key = `${method} ${route} ${statusClass}`;
    let observed = known.get(key);
    if (!observed) {
      const name = knownMethods.has(method) ? method : 'other';
      observed = duration.of({ method: name, route, status: statusClass });
      if (knownMethods.has(method)) known.set(key, observed);
    }
    observed.observe(durationMs);
  };
}
