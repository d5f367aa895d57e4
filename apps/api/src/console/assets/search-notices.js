import { button, element } from './dom.js';

const relaxedNames = {
  votes: 'number of votes',
  budget: 'budget',
  revenue: 'revenue',
  countryCount: 'number of countries',
  rating: 'minimum rating',
  runtimeMinutes: 'running time',
  certification: 'certification',
  genres: 'genre',
  countries: 'country',
  language: 'language',
  years: 'years',
};

const degradedTexts = {
  understanding: 'The query could not be interpreted, so its words are searched as they are.',
  embeddings: 'Search by meaning is not available, so only titles and words count.',
  trending: 'Trending movies are not available, so they do not count.',
  rerank: 'The language model was late, so the order is Marquee’s own.',
};

const enumeration = new Intl.ListFormat('en', { type: 'conjunction' });
const notice = (tone, ...children) => element('div', { class: `notice notice-${tone}` }, ...children);

/** Says in words what was dropped from the query, and what was not available. */
export function answerNotices({ relaxed = [], degraded = [] }) {
  const dropped = enumeration.format(relaxed.map((each) => relaxedNames[each] ?? each));
  return [
    ...(relaxed.length > 0
      ? [
          notice(
            'info',
            element('p', {}, `Too few movies match everything. Dropped from the query: ${dropped}.`),
          ),
        ]
      : []),
    ...degraded.map((each) => notice('warn', element('p', {}, degradedTexts[each] ?? each))),
  ];
}

/** Says that nothing was found, and what may help. */
export function nothingFound({ hasFilters, onClearFilters, examples }) {
  return notice(
    'info',
    element('p', {}, element('strong', {}, 'No movie matches.')),
    hasFilters
      ? element(
          'p',
          {},
          'The filters may leave nothing over. ',
          button({}, onClearFilters, 'Clear the filters'),
        )
      : element(
          'p',
          {},
          'Describe the plot, a mood, people or years in other words, or start from an example:',
        ),
    hasFilters ? null : element('div', { class: 'chips' }, ...examples),
  );
}

/**
 * Shows why a search failed. If the API says when to retry, the notice counts down, and then `retry` runs. Returns the notice, and
 * a function that stops the countdown.
 */
export function failure(error, retry) {
  if (!(error.retryAfterSeconds > 0)) {
    const content = notice('bad', element('p', {}, error.message), button({}, retry, 'Try again'));
    return { content, stop: () => undefined };
  }
  const untilMs = Date.now() + 1_000 * error.retryAfterSeconds;
  const seconds = element('strong', { 'aria-live': 'off' }, `${error.retryAfterSeconds} s`);
  const timer = setInterval(() => {
    const left = Math.max(0, Math.ceil((untilMs - Date.now()) / 1_000));
    seconds.textContent = `${left} s`;
    if (left > 0) return;
    clearInterval(timer);
    retry();
  }, 250);
  const [title, reason] = error.status === 429 ? tooManySearches : notReady;
  const content = notice(
    'warn',
    element('p', {}, element('strong', {}, title)),
    element('p', {}, reason, seconds, '. This page then tries again by itself.'),
    button({}, retry, 'Try now'),
  );
  return { content, stop: () => clearInterval(timer) };
}

const tooManySearches = ['That was a lot of searches.', 'The rate limit admits the next one in '];
const notReady = ['Search is not ready yet.', 'It may be in '];
