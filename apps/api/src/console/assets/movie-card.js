import { bar, button, element, visuallyHidden } from './dom.js';
import { poster } from './poster.js';

/** How a reason's text reads in a chip. The others are complete in themselves. */
const reasonTexts = {
  title: () => 'title',
  genre: (text) => `genre: ${text}`,
  year: (text) => `from ${text}`,
  mood: (text) => `mood: ${text}`,
  theme: (text) => `theme: ${text}`,
  words: (text) => `mentions ${text}`,
};

const partNames = {
  title: 'title',
  words: 'words',
  meaning: 'meaning',
  known: 'well known',
  genres: 'genres',
  themes: 'themes',
  trending: 'trending',
};

/** Creates the card of a search result, an item of a list. Without handlers it has no actions. */
export function movieCard({ movie, why, score }, { onSimilar, onExclude } = {}) {
  const titleId = `movie-${movie.id}`;
  return element(
    'li',
    { class: 'movie', 'data-id': movie.id, 'aria-labelledby': titleId },
    poster(movie),
    element(
      'div',
      { class: 'movie-body' },
      element('h3', { id: titleId, tabindex: -1 }, movie.title),
      element('p', { class: 'movie-facts' }, ...facts(movie)),
      credits(movie),
      reasons(why.matched),
      element('p', { class: 'overview' }, movie.overview),
      element(
        'div',
        { class: 'movie-actions' },
        onSimilar && button({ class: 'quiet', 'aria-describedby': titleId }, onSimilar, 'More like this'),
        onExclude && button({ class: 'quiet', 'aria-describedby': titleId }, onExclude, 'Not this one'),
      ),
      details(movie, why, score),
    ),
  );
}

const formatRuntime = (minutes) =>
  minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;

function facts({ releaseDate, runtimeMinutes, certification, voteAverage }) {
  return [
    releaseDate && element('span', {}, releaseDate.slice(0, 4)),
    runtimeMinutes && element('span', {}, formatRuntime(runtimeMinutes)),
    certification &&
      element('abbr', { class: 'certification', title: `Rated ${certification}` }, certification),
    voteAverage &&
      element(
        'span',
        { class: 'rating' },
        element('span', { 'aria-hidden': 'true' }, '★ '),
        visuallyHidden('Rating '),
        voteAverage.toFixed(1),
      ),
  ].filter(Boolean);
}

function credits({ directors, genres }) {
  const text = [genres.join(', '), directors.length > 0 && `by ${directors.join(', ')}`]
    .filter(Boolean)
    .join(' · ');
  return element('p', { class: 'hint' }, text);
}

function reasons(matched) {
  if (matched.length === 0) return null;
  return element(
    'ul',
    { class: 'chips', 'aria-label': 'Why this movie' },
    ...matched.map(({ kind, text }) =>
      element('li', { class: `chip reason-${kind}` }, reasonTexts[kind]?.(text) ?? text),
    ),
  );
}

function details({ title, originalTitle, overview, cast }, { explanation }, score) {
  return element(
    'details',
    { class: 'movie-details' },
    element('summary', {}, 'Plot, cast', explanation ? ' and score' : '', visuallyHidden(` of ${title}`)),
    originalTitle && originalTitle !== title && element('p', {}, `Original title: ${originalTitle}`),
    element('p', {}, overview),
    cast.length > 0 &&
      element(
        'p',
        { class: 'hint' },
        cast.map(({ name, character }) => (character ? `${name} (${character})` : name)).join(', '),
      ),
    explanation && scoreTable(explanation, score),
  );
}

/** Shows what each part adds to the score. */
function scoreTable({ similarity, parts }, score) {
  const rows = Object.entries(parts)
    .filter(([, value]) => value !== 0)
    .map(([part, value]) =>
      element(
        'tr',
        {},
        element('th', { scope: 'row' }, partNames[part] ?? part),
        element('td', {}, bar(value / score)),
        element('td', { class: 'number' }, value.toFixed(2)),
      ),
    );
  return element(
    'table',
    { class: 'bars' },
    element(
      'caption',
      {},
      `Score ${score.toFixed(2)}${similarity === null ? '' : `, similarity ${similarity.toFixed(2)}`}`,
    ),
    element('tbody', {}, ...rows),
  );
}
