import { call, get } from './api.js';
import { Chart } from './charts.js';
import { byId, element } from './dom.js';
import { parseMetrics, quantile, rate, sum } from './metrics.js';

const everyMs = 2_000;
const breakerNames = ['closed', 'half-open', 'open'];
const http = 'marquee_http_request_duration_seconds';
const lookups = 'marquee_cache_lookup_duration_seconds';

const isWork = ({ route }) => !/^\/(health|metrics|console|docs)|^\/$/.test(route);
const isHit =
  (tier) =>
  ({ outcome }) =>
    tier ? outcome === `${tier}_hit` : /_hit$|^stale/.test(outcome);
const ms = (seconds) => (seconds === null ? null : seconds * 1000);
const percent = (part, whole) => (whole > 0 ? (100 * part) / whole : null);

/** Reads what Prometheus would read, and shows it. */
export function watch() {
  const charts = {
    latency: new Chart('Latency of requests', ' ms', ['p50', 'p95', 'p99']),
    rate: new Chart('Requests a second', '', ['all', 'errors']),
    hits: new Chart('Hit rate by tier', ' %', ['all', 'local', 'Redis'], 0),
    redis: new Chart('Latency of Redis', ' ms', ['p50', 'p95', 'p99'], 2),
    memory: new Chart('Redis memory', ' MB', ['used', 'most allowed']),
    evictions: new Chart('Evictions and expiries a second', '', ['evicted', 'expired']),
    pool: new Chart('Redis sockets', '', ['open', 'in use', 'waiting'], 0),
    stream: new Chart('Event stream', '', ['length', 'lag', 'pending'], 0),
  };
  let before;
  const look = async () => {
    try {
      const [text, stream, stats, health] = await Promise.all([
        call('GET', '/metrics').then((response) => response.text()),
        get('/v1/admin/events').catch(() => undefined),
        get('/v1/admin/cache/stats'),
        get('/v1/health'),
      ]);
      const now = { atMs: Date.now(), families: parseMetrics(text) };
      draw(charts, before, now, stream);
      showFacts(now, stats, stream);
      showStatus(now, health);
      before = now;
    } catch (error) {
      byId('status').className = 'bad';
      byId('status').textContent = `Not answering: ${error.message}`;
    }
    setTimeout(() => void look(), everyMs);
  };
  void look();
}

function draw(charts, before, now, stream) {
  const at = now.atMs;
  const quantiles = (name, matches) =>
    [0.5, 0.95, 0.99].map((share) => ms(quantile(before, now, name, share, matches)));
  charts.latency.add(at, quantiles(http, isWork));
  charts.rate.add(at, [
    rate(before, now, `${http}_count`, isWork),
    rate(before, now, `${http}_count`, (labels) => isWork(labels) && labels.status === '5xx'),
  ]);
  const grown = (matches) => rate(before, now, `${lookups}_count`, matches) ?? 0;
  const all = grown();
  charts.hits.add(at, [
    percent(grown(isHit()), all),
    percent(grown(isHit('local')), all),
    percent(grown(isHit('redis')), all),
  ]);
  charts.redis.add(at, quantiles('marquee_redis_call_duration_seconds'));
  const server = (name) => {
    const present = now.families.has(`marquee_redis_server_${name}`);
    return present ? sum(now.families, `marquee_redis_server_${name}`) : null;
  };
  const megabytes = (value) => (value === null ? null : value / 1e6);
  charts.memory.add(at, [megabytes(server('used_memory_bytes')), megabytes(server('max_memory_bytes'))]);
  charts.evictions.add(at, [
    rate(before, now, 'marquee_redis_server_evicted_keys_total'),
    rate(before, now, 'marquee_redis_server_expired_keys_total'),
  ]);
  const pool = (name) => sum(now.families, `marquee_redis_pool_${name}`);
  charts.pool.add(at, [pool('open'), pool('in_use'), pool('waiting')]);
  const most = (field) => Math.max(0, ...(stream?.groups ?? []).map((group) => group[field] ?? 0));
  charts.stream.add(at, stream ? [stream.length, most('lag'), most('pending')] : [null, null, null]);
}

function showFacts({ families }, stats, stream) {
  const total = (field) => Object.values(stats.namespaces).reduce((all, { saved }) => all + saved[field], 0);
  const localBytes = Object.values(stats.local).reduce((all, { bytes }) => all + bytes, 0);
  const refused = sum(families, 'marquee_rate_limit_decisions_total', ({ outcome }) =>
    /refused/.test(outcome),
  );
  const facts = [
    ['Saved upstream time', `${(total('milliseconds') / 1000).toFixed(1)} s`],
    ['Saved tokens', Math.round(total('tokens')).toLocaleString('en')],
    ['Saved money', `$${total('usd').toFixed(4)}`],
    ['Local copies', `${(localBytes / 1e6).toFixed(1)} MB`],
    ['Refused by limits', refused.toLocaleString('en')],
    ['Listeners', sum(families, 'marquee_events_listeners')],
    ['Events in the stream', stream?.length ?? '–'],
    [
      'Memory of this process',
      `${Math.round(sum(families, 'marquee_process_resident_memory_bytes') / 1e6)} MB`,
    ],
    [
      'Event loop lag p99',
      `${(1000 * sum(families, 'marquee_nodejs_eventloop_lag_p99_seconds')).toFixed(0)} ms`,
    ],
  ];
  byId('facts').replaceChildren(
    ...facts.map(([term, value]) =>
      element('div', {}, element('dt', {}, term), element('dd', {}, String(value))),
    ),
  );
}

/** What to know first: is Redis there, and does the app serve. */
function showStatus({ families }, health) {
  const away = (families.get('marquee_redis_breaker_state') ?? []).filter(({ value }) => value > 0);
  const said = away.map(
    ({ labels, value }) => `Redis "${labels.target}" is away (breaker ${breakerNames[value]})`,
  );
  const isGood = away.length === 0 && health.redis_status === 'healthy';
  const status = byId('status');
  status.className = isGood ? 'good' : 'bad';
  const text = isGood
    ? `Serving · ${health.environment} · ${health.version} · Redis healthy`
    : `Serving without Redis · ${said.join(', ') || `Redis is ${health.redis_status}`}`;
  // Only a change is to be read out.
  if (status.textContent !== text) status.textContent = text;
}
