import { answerPicture } from './answer-picture.js';
import { byId, button, element, visuallyHidden } from './dom.js';
import { understoodFacts } from './facts.js';
import { movieCard } from './movie-card.js';

const skeletonCards = 6;
const numberOf = (count) => `${count.toLocaleString('en')} ${count === 1 ? 'movie' : 'movies'}`;

/** Sets the heading of the results. */
export function setHeading(title) {
  byId('results-title').textContent = title;
  document.title = `${title} · Marquee`;
}

/** Shows placeholders, or keeps what is shown while a changed answer to the same words loads. */
export function renderLoading(keepResults) {
  const results = byId('search-results');
  results.setAttribute('aria-busy', true);
  if (keepResults) return;
  byId('search-status').textContent = 'Searching …';
  byId('search-notices').replaceChildren();
  byId('load-more').hidden = true;
  results.replaceChildren(
    ...Array.from({ length: skeletonCards }, () =>
      element('li', { class: 'movie skeleton', 'aria-hidden': 'true' }, element('div', { class: 'poster' })),
    ),
  );
}

/** Removes everything that belongs to an answer. */
export function clearAnswer() {
  byId('search-results').replaceChildren();
  byId('search-results').removeAttribute('aria-busy');
  byId('search-status').textContent = '';
  for (const id of [
    'search-facts',
    'search-notices',
    'facets',
    'answer-picture',
    'answer-document',
    'load-more-error',
  ])
    byId(id).replaceChildren();
  byId('search-aside').hidden = true;
  byId('load-more').hidden = true;
}

/** Shows the cards, the number of movies, and whether there are more. */
export function renderMovies({ results, total, nextCursor }, handlersOf) {
  const list = byId('search-results');
  list.removeAttribute('aria-busy');
  list.replaceChildren(...results.map((result) => movieCard(result, handlersOf(result.movie))));
  byId('search-status').textContent = numberOf(total);
  byId('load-more').hidden = nextCursor === null;
}

/** Adds a page of cards and moves the focus to the first of them. */
export function appendMovies({ results, nextCursor }, handlersOf) {
  const cards = results.map((result) => movieCard(result, handlersOf(result.movie)));
  byId('search-results').append(...cards);
  byId('load-more').hidden = nextCursor === null;
  cards[0]?.querySelector('h3').focus();
}

/** Shows how the answer came about: where it came from, the time of each stage, the request and the understanding. */
export function renderPicture({ request, response, roundTripMs, answer }) {
  byId('search-aside').hidden = false;
  byId('answer-picture').replaceChildren(...answerPicture({ response, roundTripMs, index: answer.index }));
  const { method, path, body } = request;
  byId('answer-document').replaceChildren(
    ...jsonDetails('Request', `${method} ${path}`, body),
    ...(answer.understanding ? jsonDetails('Understanding', null, answer.understanding) : []),
  );
}

function jsonDetails(title, firstLine, value) {
  const text = [firstLine, value && JSON.stringify(value, null, 2)].filter(Boolean).join('\n');
  return [
    element(
      'details',
      {},
      element('summary', {}, title),
      element('pre', { tabindex: 0, role: 'region', 'aria-label': title }, text),
    ),
  ];
}

/** Shows what was understood of the words, and which movies are left out. Facts whose words are found can be removed. */
export function renderFacts({ understanding, excluded }, { onSearch, onRestore }) {
  const facts = understanding ? understoodFacts(understanding) : [];
  const chips = [
    ...facts.map(({ kind, text, queryWithout }) =>
      factChip(kind, text, queryWithout === undefined ? undefined : () => onSearch(queryWithout)),
    ),
    ...excluded.map(({ id, title }) => factChip('hidden', title, () => onRestore(id))),
  ];
  byId('search-facts').replaceChildren(
    ...(chips.length > 0 ? [element('span', { id: 'facts-label', class: 'hint' }, 'Understood')] : []),
    ...(chips.length > 0
      ? [element('ul', { class: 'chips', 'aria-labelledby': 'facts-label' }, ...chips)]
      : []),
  );
}

const factChip = (kind, text, onRemove) =>
  element(
    'li',
    { class: 'chip fact' },
    element('span', { class: 'fact-kind' }, kind),
    ' ',
    text,
    onRemove &&
      button(
        { class: 'remove' },
        onRemove,
        element('span', { 'aria-hidden': 'true' }, '×'),
        visuallyHidden(`Remove ${kind} ${text}`),
      ),
  );
