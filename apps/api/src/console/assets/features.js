import { call, getJson, subscribe } from './api.js';
import { byId, cacheStatus, definitions, element, renderInto } from './dom.js';
import { drawGraph } from './graph.js';

const onSubmit = (id, handler) =>
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void handler();
  });

const onClick = (id, handler) => byId(id).addEventListener('click', () => void handler());

/** Connects each form to the API route that it demonstrates. */
export function initFeatures() {
  onSubmit('embeddings-form', () => renderInto(byId('embeddings-result'), compareTexts));
  onSubmit('understanding-form', () => renderInto(byId('understanding-result'), understandQuery));
  onSubmit('movie-form', () => renderInto(byId('movie-result'), () => loadMovie(byId('movie-id').value)));
  byId('graph-details').addEventListener('toggle', () => void renderInto(byId('graph'), loadGraph), {
    once: true,
  });
  void renderInto(byId('trending-result'), loadTrending);
  initSession();
  initRateLimits();
}

async function compareTexts() {
  const input = [byId('text-a').value, byId('text-b').value];
  const models = await getJson('/v1/models');
  const response = await call('POST', '/v1/embeddings', { model: models.data[0].id, input });
  const { data, usage, model } = await response.json();
  const [a, b] = data.map(({ embedding }) => embedding);
  const dot = (x, y) => x.reduce((total, value, index) => total + value * y[index], 0);
  const similarity = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return [
    element('p', {}, 'Similarity ', element('strong', { class: 'big' }, similarity.toFixed(3))),
    element(
      'p',
      { class: 'hint' },
      `${model}, ${a.length} dimensions, ${usage.total_tokens} tokens embedded`,
    ),
    cacheStatus(response),
  ];
}

const formatRange = ({ from, to, min, max }) => {
  const [lower, upper] = [from ?? min ?? null, to ?? max ?? null];
  return lower === null && upper === null ? null : `${lower ?? '…'} to ${upper ?? '…'}`;
};

async function understandQuery() {
  const response = await call('POST', '/v1/query-understanding', { query: byId('query').value });
  const understanding = await response.json();
  return [
    definitions([
      ['Intent', understanding.intent],
      ['Titles', understanding.titles.join(', ')],
      ['People', understanding.people.map(({ name, role }) => `${name} (${role})`).join(', ')],
      ['Genres', understanding.genres.join(', ')],
      ['Excluded', [...understanding.excludedGenres, ...understanding.excludedThemes].join(', ')],
      ['Years', formatRange(understanding.years)],
      ['Released', formatRange(understanding.released)],
      ['Runtime (min)', formatRange(understanding.runtimeMinutes)],
      ['Minimum rating', understanding.rating.min],
      ['Minimum votes', understanding.votes.min],
      ['Budget ($)', formatRange(understanding.budget)],
      ['Revenue ($)', formatRange(understanding.revenue)],
      ['Countries', understanding.countries.join(', ')],
      ['Number of countries', formatRange(understanding.countryCount)],
      ['Spoken languages', understanding.spokenLanguages.join(', ')],
      ['Moods', understanding.moods.join(', ')],
      ['Themes', understanding.themes.join(', ')],
      ['Sort', understanding.sort],
      ['Limit', understanding.limit],
      ['Rewritten', understanding.rewritten],
    ]),
    cacheStatus(response),
  ];
}

async function loadGraph() {
  const { steps } = await getJson('/v1/query-understanding/graph');
  return drawGraph(steps);
}

async function loadTrending() {
  const { ids, count, ageSeconds, stale } = await getJson('/v1/trending?limit=10');
  if (ids.length === 0) {
    return element(
      'p',
      { class: 'hint' },
      'No trending movies yet. The worker publishes them; reload in a minute.',
    );
  }
  const { results } = await getJson(`/v1/movies?ids=${ids.join(',')}`);
  byId('trending-list').replaceChildren(
    ...results.map(({ id, title, release_date: releaseDate }) => {
      const button = element('button', { type: 'button' }, `${title} (${(releaseDate ?? '').slice(0, 4)})`);
      button.addEventListener('click', () => {
        byId('movie-id').value = id;
        void renderInto(byId('movie-result'), () => loadMovie(id));
      });
      return element('li', {}, button);
    }),
  );
  const age = ageSeconds === null ? 'age unknown' : `updated ${ageSeconds} s ago`;
  return element(
    'p',
    { class: 'hint' },
    `Top ${results.length} of ${count} movies, ${age}${stale ? ', stale' : ''}`,
  );
}

async function loadMovie(id) {
  const response = await call('GET', `/v1/movies/${encodeURIComponent(id)}`);
  const movie = await response.json();
  const directors = movie.credits?.crew?.filter(({ job }) => job === 'Director').map(({ name }) => name);
  return [
    element('h4', {}, movie.title),
    definitions([
      ['Released', movie.release_date],
      ['Directed by', directors?.join(', ')],
      ['Genres', movie.genres?.map(({ name }) => name).join(', ')],
      ['Runtime (min)', movie.runtime],
      ['Rating', movie.vote_count > 0 ? movie.vote_average : null],
      ['Overview', movie.overview],
    ]),
    cacheStatus(response),
  ];
}

function initSession() {
  let session;
  const currentSession = async () => {
    session ??= call('POST', '/v1/sessions', { userId: 'console' }).then(async (response) => {
      const { id } = await response.json();
      void subscribe(`/v1/sessions/${id}/events`, showEvent).catch(() => (session = undefined));
      return id;
    });
    return session;
  };
  const showEvent = (type, { transcript }) => {
    const text = type === 'transcript_appended' ? transcript : `${type}: ${transcript}`;
    byId('session-events').append(element('li', {}, text));
    byId('session-events').lastElementChild.scrollIntoView({ block: 'nearest' });
  };
  onSubmit('session-form', () =>
    renderInto(byId('session-result'), async () => {
      const id = await currentSession();
      const chunks = [byId('chunk').value];
      const response = await call('POST', `/v1/sessions/${id}/transcript`, { chunks });
      const { total } = await response.json();
      return element('p', { class: 'hint' }, `Session ${id}: ${total} ${total === 1 ? 'chunk' : 'chunks'}`);
    }),
  );
  onClick('complete', () =>
    renderInto(byId('session-result'), async () => {
      const id = await currentSession();
      await call('POST', `/v1/sessions/${id}/complete`);
      session = undefined;
      return element('p', { class: 'hint' }, `Session ${id} is complete. The next message starts a new one.`);
    }),
  );
}

function initRateLimits() {
  const refresh = async () => {
    const { policies, degraded, plan } = await getJson('/v1/rate-limit');
    byId('limits-status').replaceChildren(
      ...(degraded
        ? [
            element(
              'p',
              { class: 'bad' },
              'Redis is unavailable: each process enforces the limits on its own.',
            ),
          ]
        : []),
      ...policies.map(({ name, remaining, burst, quota, windowSeconds }) => {
        const id = `meter-${name}`;
        const label = element(
          'label',
          { for: id },
          `${name}: ${remaining} of ${burst} left (${quota} per ${windowSeconds} s, plan ${plan})`,
        );
        return element(
          'div',
          {},
          label,
          element('meter', { id, min: 0, max: burst, low: burst / 10, value: remaining }),
        );
      }),
    );
    return policies;
  };
  // The page's header reports an outage, so a failed refresh is only retried here.
  const poll = async () => {
    if (!byId('try').hidden) await refresh().catch(() => undefined);
    setTimeout(() => void poll(), 1_000);
  };
  void poll();
  const sendRequests = async (count) => {
    let [allowed, refusal] = [0, ''];
    for (let index = 0; index < count; index++) {
      try {
        await call('GET', '/v1/models');
        allowed++;
      } catch (error) {
        refusal = `, then: ${error.message}`;
        break;
      }
    }
    await refresh();
    return element('p', {}, `${allowed} allowed${refusal}`);
  };
  onClick('limits-ten', () => renderInto(byId('limits-result'), () => sendRequests(10)));
  onClick('limits-all', () => renderInto(byId('limits-result'), () => sendRequests(1_000)));
  onClick('limits-reset', () =>
    renderInto(byId('limits-result'), async () => {
      for (const { name, client } of await refresh()) {
        const query = new URLSearchParams({ policy: name, client });
        await call('DELETE', `/v1/admin/rate-limit/clients?${query}`);
      }
      await refresh();
      return element('p', {}, 'Your quota is restored.');
    }),
  );
}
