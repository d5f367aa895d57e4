import { bar, element } from './dom.js';

const stages = {
  understand: 'reads people, genres and years from the words',
  embed: 'turns the words into a vector',
  trending: 'looks up what is trending',
  retrieve: 'finds movies by title, words and meaning',
  rank: 'puts them in order',
  rerank: 'lets a language model reorder the first',
  explain: 'writes the reasons',
};

/** What a cached answer saves. */
const cachedStages = ['understand', 'embed', 'retrieve', 'rank'];

const outcomes = {
  local_hit: ['good', 'Hit', 'from this process’s memory'],
  redis_hit: ['good', 'Hit', 'from Redis'],
  coalesced: ['good', 'Shared', 'computed once for several requests'],
  stale: ['warn', 'Stale', 'an older answer, because a new one failed or takes too long'],
  miss: ['neutral', 'Miss', 'computed now'],
  bypass: ['neutral', 'Refresh', 'computed again, as requested'],
};

/** Parses a Server-Timing field into `{ name, description, durationMs }`. */
export const parseServerTiming = (field) =>
  field
    .split(',')
    .filter((entry) => entry.trim() !== '')
    .map((entry) => {
      const [name, ...parameters] = entry.split(';').map((part) => part.trim());
      const { desc, dur } = Object.fromEntries(parameters.map((parameter) => parameter.split('=')));
      return { name, description: desc, durationMs: dur === undefined ? undefined : Number(dur) };
    });

/** Draws how an answer came about: where it came from, and how long each stage took. */
export function answerPicture({ response, roundTripMs, index }) {
  const timings = parseServerTiming(response.headers.get('server-timing') ?? '');
  const outcome = timings.find(({ name }) => name === 'cache')?.description;
  const [tone, label, meaning] = outcomes[outcome] ?? ['neutral', outcome ?? 'Unknown', ''];
  const ran = timings.filter(({ durationMs }) => durationMs !== undefined);
  const longestMs = Math.max(...ran.map(({ durationMs }) => durationMs));
  const isCached = outcome === 'local_hit' || outcome === 'redis_hit';
  const skipped = isCached ? cachedStages.filter((stage) => !ran.some(({ name }) => name === stage)) : [];
  return [
    element(
      'p',
      {},
      element('span', { class: `badge badge-${tone}` }, `Cache: ${label}`),
      ` ${meaning}. `,
      element('strong', {}, `${Math.round(roundTripMs)} ms`),
      ' until it arrived here.',
    ),
    element(
      'table',
      { class: 'bars' },
      element('caption', {}, 'Time on the server'),
      element('tbody', {}, ...skipped.map(cachedRow), ...ran.map((timing) => stageRow(timing, longestMs))),
    ),
    element('p', { class: 'hint' }, element('code', {}, response.headers.get('cache-status') ?? '')),
    element(
      'p',
      { class: 'hint' },
      `${index.movies.toLocaleString('en')} movies in the index (${index.source}), updated ${new Date(index.updatedAt).toLocaleString('en')}`,
    ),
  ];
}

const stageRow = ({ name, durationMs }, longestMs) =>
  element(
    'tr',
    { title: stages[name] ?? '' },
    element('th', { scope: 'row' }, name),
    element('td', {}, bar(durationMs / longestMs)),
    element('td', { class: 'number' }, `${durationMs.toFixed(durationMs < 10 ? 1 : 0)} ms`),
  );

const cachedRow = (name) =>
  element(
    'tr',
    { class: 'cached', title: stages[name] },
    element('th', { scope: 'row' }, name),
    element('td', { colspan: 2 }, 'not needed: cached'),
  );
