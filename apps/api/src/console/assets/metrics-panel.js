import { call, getJson } from './api.js';
import { Chart } from './charts.js';
import { byId, element } from './dom.js';
import { parseMetrics, quantile, rate, sum } from './prometheus.js';

const pollIntervalMs = 2_000;
const breakerStates = ['closed', 'half-open', 'open'];
const httpDuration = 'marquee_http_request_duration_seconds';
const stageDuration = 'marquee_search_stage_duration_seconds';
const searchStages = ['understand', 'embed', 'retrieve'];
const lookupDuration = 'marquee_cache_lookup_duration_seconds';

/** Leaves out health checks, scrapes and the console's own files. */
const isApiRoute = ({ route }) => !/^\/(health|metrics|console|docs)|^\/$/.test(route);
const isHit =
  (tier) =>
  ({ outcome }) =>
    tier ? outcome === `${tier}_hit` : /_hit$|^stale/.test(outcome);
const toMs = (seconds) => (seconds === null ? null : seconds * 1000);
const percent = (part, whole) => (whole > 0 ? (100 * part) / whole : null);

/** Reads the Prometheus metrics periodically and draws them. */
export function startMetrics() {
  const charts = {
    latency: new Chart('Request latency', ' ms', ['p50', 'p95', 'p99']),
    stages: new Chart('Search stages, p95', ' ms', searchStages),
    rate: new Chart('Requests per second', '', ['all', 'errors']),
    hits: new Chart('Cache hit rate by tier', ' %', ['all', 'local', 'Redis'], 0),
    redis: new Chart('Redis latency', ' ms', ['p50', 'p95', 'p99'], 2),
    memory: new Chart('Redis memory', ' MB', ['used', 'limit']),
    evictions: new Chart('Evictions and expirations per second', '', ['evicted', 'expired']),
    pool: new Chart('Redis connections', '', ['open', 'in use', 'waiting'], 0),
    stream: new Chart('Event stream', '', ['length', 'lag', 'pending'], 0),
  };
  let previous;
  const poll = async () => {
    try {
      const [text, stream, stats, health] = await Promise.all([
        call('GET', '/metrics').then((response) => response.text()),
        getJson('/v1/admin/events').catch(() => undefined),
        getJson('/v1/admin/cache/stats'),
        getJson('/v1/health'),
      ]);
      const current = { atMs: Date.now(), families: parseMetrics(text) };
      updateCharts(charts, previous, current, stream);
      updateSummary(current, stats, stream);
      updateStatus(current, health);
      previous = current;
    } catch (error) {
      byId('status').className = 'bad';
      byId('status').textContent = `Marquee is not responding: ${error.message}`;
    }
    setTimeout(() => void poll(), pollIntervalMs);
  };
  void poll();
}

function updateCharts(charts, previous, current, stream) {
  const at = current.atMs;
  const quantiles = (name, matches) =>
    [0.5, 0.95, 0.99].map((q) => toMs(quantile(previous, current, name, q, matches)));
  charts.latency.add(at, quantiles(httpDuration, isApiRoute));
  charts.stages.add(
    at,
    searchStages.map((stage) =>
      toMs(quantile(previous, current, stageDuration, 0.95, (labels) => labels.stage === stage)),
    ),
  );
  charts.rate.add(at, [
    rate(previous, current, `${httpDuration}_count`, isApiRoute),
    rate(
      previous,
      current,
      `${httpDuration}_count`,
      (labels) => isApiRoute(labels) && labels.status === '5xx',
    ),
  ]);
  const lookupRate = (matches) => rate(previous, current, `${lookupDuration}_count`, matches) ?? 0;
  const allLookups = lookupRate();
  charts.hits.add(at, [
    percent(lookupRate(isHit()), allLookups),
    percent(lookupRate(isHit('local')), allLookups),
    percent(lookupRate(isHit('redis')), allLookups),
  ]);
  charts.redis.add(at, quantiles('marquee_redis_call_duration_seconds'));
  const server = (name) => {
    const present = current.families.has(`marquee_redis_server_${name}`);
    return present ? sum(current.families, `marquee_redis_server_${name}`) : null;
  };
  const toMegabytes = (bytes) => (bytes === null ? null : bytes / 1e6);
  charts.memory.add(at, [toMegabytes(server('used_memory_bytes')), toMegabytes(server('max_memory_bytes'))]);
  charts.evictions.add(at, [
    rate(previous, current, 'marquee_redis_server_evicted_keys_total'),
    rate(previous, current, 'marquee_redis_server_expired_keys_total'),
  ]);
  const pool = (name) => sum(current.families, `marquee_redis_pool_${name}`);
  charts.pool.add(at, [pool('open'), pool('in_use'), pool('waiting')]);
  const maxOfGroups = (field) => Math.max(0, ...(stream?.groups ?? []).map((group) => group[field] ?? 0));
  charts.stream.add(
    at,
    stream ? [stream.length, maxOfGroups('lag'), maxOfGroups('pending')] : [null, null, null],
  );
}

function updateSummary({ families }, stats, stream) {
  const saved = (field) =>
    Object.values(stats.namespaces).reduce((total, namespace) => total + namespace.saved[field], 0);
  const localBytes = Object.values(stats.local).reduce((total, { bytes }) => total + bytes, 0);
  const refused = sum(families, 'marquee_rate_limit_decisions_total', ({ outcome }) =>
    /refused/.test(outcome),
  );
  const entries = [
    ['Upstream time saved', `${(saved('milliseconds') / 1000).toFixed(1)} s`],
    ['Tokens saved', Math.round(saved('tokens')).toLocaleString('en')],
    ['Cost saved', `$${saved('usd').toFixed(4)}`],
    ['Local cache', `${(localBytes / 1e6).toFixed(1)} MB`],
    ['Rate-limited requests', refused.toLocaleString('en')],
    ['Event listeners', sum(families, 'marquee_events_listeners')],
    ['Events in stream', stream?.length ?? '–'],
    ['Process memory', `${Math.round(sum(families, 'marquee_process_resident_memory_bytes') / 1e6)} MB`],
    [
      'Event loop lag p99',
      `${(1000 * sum(families, 'marquee_nodejs_eventloop_lag_p99_seconds')).toFixed(0)} ms`,
    ],
  ];
  byId('summary').replaceChildren(
    ...entries.map(([term, value]) =>
      element('div', {}, element('dt', {}, term), element('dd', {}, String(value))),
    ),
  );
}

/** Shows whether the app is serving and whether it can reach Redis. */
function updateStatus({ families }, health) {
  const unavailable = (families.get('marquee_redis_breaker_state') ?? [])
    .filter(({ value }) => value > 0)
    .map(({ labels, value }) => `Redis "${labels.target}" is unavailable (breaker ${breakerStates[value]})`);
  const isHealthy = unavailable.length === 0 && health.redis_status === 'healthy';
  const text = isHealthy
    ? `Serving · ${health.environment} · ${health.version} · Redis healthy`
    : `Serving without Redis · ${unavailable.join(', ') || `Redis is ${health.redis_status}`}`;
  const status = byId('status');
  status.className = isHealthy ? 'good' : 'bad';
  // Screen readers announce every assignment, so only assign a change.
  if (status.textContent !== text) status.textContent = text;
}
