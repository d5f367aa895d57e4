import { call, get, listen } from './api.js';
import { byId, definitions, element, show, source } from './dom.js';
import { drawGraph } from './graph.js';

const onSubmit = (id, work) =>
  byId(id).addEventListener('submit', (event) => {
    event.preventDefault();
    void work();
  });

const onClick = (id, work) => byId(id).addEventListener('click', () => void work());

/** Makes the forms work: each does what an app would. */
export function offer() {
  onSubmit('embeddings-form', () => show(byId('embeddings-answer'), compare));
  onSubmit('understanding-form', () => show(byId('understanding-answer'), understand));
  onSubmit('movie-form', () => show(byId('movie-answer'), () => movie(byId('movie-id').value)));
  byId('graph-details').addEventListener('toggle', () => void showGraph(), { once: true });
  void show(byId('trending-answer'), trending);
  offerSession();
  offerLimits();
}

async function compare() {
  const input = [byId('text-a').value, byId('text-b').value];
  const models = await get('/v1/models');
  const response = await call('POST', '/v1/embeddings', { model: models.data[0].id, input });
  const { data, usage, model } = await response.json();
  const [a, b] = data.map(({ embedding }) => embedding);
  const dot = (x, y) => x.reduce((all, value, index) => all + value * y[index], 0);
  const similarity = dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
  return [
    element('p', {}, 'Similarity ', element('strong', { class: 'big' }, similarity.toFixed(3))),
    element(
      'p',
      { class: 'hint' },
      `${model}, ${a.length} dimensions, ${usage.total_tokens} tokens embedded`,
    ),
    source(response),
  ];
}

const range = ({ from, to, min, max }) => {
  const [least, most] = [from ?? min ?? null, to ?? max ?? null];
  return least === null && most === null ? null : `${least ?? '…'} to ${most ?? '…'}`;
};

async function understand() {
  const response = await call('POST', '/v1/query-understanding', { query: byId('query').value });
  const facts = await response.json();
  return [
    definitions([
      ['Intent', facts.intent],
      ['Titles', facts.titles.join(', ')],
      ['People', facts.people.map(({ name, role }) => `${name} (${role})`).join(', ')],
      ['Genres', facts.genres.join(', ')],
      ['Without', [...facts.excludedGenres, ...facts.excludedThemes].join(', ')],
      ['Years', range(facts.years)],
      ['Minutes', range(facts.runtimeMinutes)],
      ['Rating from', facts.rating.min],
      ['Moods', facts.moods.join(', ')],
      ['Themes', facts.themes.join(', ')],
      ['Sort', facts.sort],
      ['Limit', facts.limit],
      ['Search for', facts.rewritten],
    ]),
    source(response),
  ];
}

async function showGraph() {
  const { steps } = await get('/v1/query-understanding/graph');
  byId('graph').replaceChildren(drawGraph(steps));
}

async function trending() {
  const { ids, count, ageSeconds, stale } = await get('/v1/trending?limit=10');
  const { results } = ids.length > 0 ? await get(`/v1/movies?ids=${ids.join(',')}`) : { results: [] };
  byId('trending-list').replaceChildren(
    ...results.map(({ id, title, release_date: date }) => {
      const choose = element('button', { type: 'button' }, `${title} (${(date ?? '').slice(0, 4)})`);
      choose.addEventListener('click', () => {
        byId('movie-id').value = id;
        void show(byId('movie-answer'), () => movie(id));
      });
      return element('li', {}, choose);
    }),
  );
  const age = ageSeconds === null ? 'of unknown age' : `${ageSeconds} s old`;
  return element('p', { class: 'hint' }, `${count} films, ${age}${stale ? ', stale' : ''}`);
}

async function movie(id) {
  const response = await call('GET', `/v1/movies/${encodeURIComponent(id)}`);
  const film = await response.json();
  const directors = film.credits?.crew?.filter(({ job }) => job === 'Director').map(({ name }) => name);
  return [
    element('h4', {}, film.title),
    definitions([
      ['Released', film.release_date],
      ['Directed by', directors?.join(', ')],
      ['Genres', film.genres?.map(({ name }) => name).join(', ')],
      ['Minutes', film.runtime],
      ['Rating', film.vote_average],
      ['Told', film.overview],
    ]),
    source(response),
  ];
}

function offerSession() {
  let session;
  const begin = async () => {
    session ??= call('POST', '/v1/sessions', { userId: 'console' }).then(async (response) => {
      const { id } = await response.json();
      void listen(`/v1/sessions/${id}/events`, heard).catch(() => (session = undefined));
      return id;
    });
    return session;
  };
  const heard = (type, { transcript }) => {
    const text = type === 'transcript_appended' ? transcript : `${type}: ${transcript}`;
    byId('session-events').append(element('li', {}, text));
    byId('session-events').lastElementChild.scrollIntoView({ block: 'nearest' });
  };
  onSubmit('session-form', () =>
    show(byId('session-answer'), async () => {
      const id = await begin();
      const response = await call('POST', `/v1/sessions/${id}/transcript`, { chunks: [byId('chunk').value] });
      const { total } = await response.json();
      return element('p', { class: 'hint' }, `Session ${id}: ${total} chunks`);
    }),
  );
  onClick('complete', () =>
    show(byId('session-answer'), async () => {
      const id = await begin();
      await call('POST', `/v1/sessions/${id}/complete`);
      session = undefined;
      return element('p', { class: 'hint' }, `Session ${id} is complete; the next word begins another.`);
    }),
  );
}

function offerLimits() {
  const standing = async () => {
    const { policies, degraded, plan } = await get('/v1/rate-limit');
    byId('limits-standing').replaceChildren(
      ...(degraded ? [element('p', { class: 'bad' }, 'Redis is away: each process limits by itself')] : []),
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
  const keepLooking = () =>
    void standing()
      .catch(() => undefined)
      .then(() => setTimeout(keepLooking, 1_000));
  keepLooking();
  const spend = async (times) => {
    let [passed, refused] = [0, ''];
    for (let index = 0; index < times; index++) {
      try {
        await call('GET', '/v1/models');
        passed++;
      } catch (error) {
        refused = `, then: ${error.message}`;
        break;
      }
    }
    await standing();
    return element('p', {}, `${passed} passed${refused}`);
  };
  onClick('limits-ten', () => show(byId('limits-answer'), () => spend(10)));
  onClick('limits-all', () => show(byId('limits-answer'), () => spend(1_000)));
  onClick('limits-reset', () =>
    show(byId('limits-answer'), async () => {
      for (const { name, client } of await standing()) {
        const query = new URLSearchParams({ policy: name, client });
        await call('DELETE', `/v1/admin/rate-limit/clients?${query}`);
      }
      await standing();
      return element('p', {}, 'All of it is back.');
    }),
  );
}
