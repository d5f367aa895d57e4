import { Histogram, type Registry } from 'prom-client';

export type ObserveRequest = (
  method: string,
  route: string | undefined,
  status: number,
  durationSeconds: number,
) => void;

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']);

/** Requests by route pattern and class of status: labels that no client can add to. */
export function httpMetrics(registry: Registry): ObserveRequest {
  const duration = new Histogram({
    name: 'marquee_http_request_duration_seconds',
    help: 'Duration of HTTP requests, by method, route and class of status',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  // labels() costs more than observe().
  const known = new Map<string, Histogram.Internal<'method' | 'route' | 'status'>>();
  return (method, route = 'none', status, durationSeconds) => {
    const statusClass = `${Math.floor(status / 100)}xx`;
    const key = `${method} ${route} ${statusClass}`;
    let observed = known.get(key);
    if (!observed) {
      const name = knownMethods.has(method) ? method : 'other';
      observed = duration.labels(name, route, statusClass);
      if (knownMethods.has(method)) known.set(key, observed);
    }
    observed.observe(durationSeconds);
  };
}
