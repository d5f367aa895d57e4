import { languageName, regionName } from './names.js';
import { genreWords, hourWords, without, yearWords } from './query-words.js';

const range = (from, to, format = String) => {
  if (from === null && to === null) return null;
  if (from === to) return format(from);
  if (from === null) return `up to ${format(to)}`;
  return to === null ? `${format(from)} or more` : `${format(from)} to ${format(to)}`;
};
const years = ({ from, to }) =>
  from === null && to === null
    ? null
    : from === null
      ? `until ${to}`
      : to === null
        ? `since ${from}`
        : from === to
          ? String(from)
          : `${from} to ${to}`;
const dollarFormat = new Intl.NumberFormat('en', { style: 'currency', currency: 'USD', notation: 'compact' });
const dollars = (value) => dollarFormat.format(value);
const number = (value) => value.toLocaleString('en');
const roles = { director: 'directed by ', actor: 'with ', writer: 'written by ', any: '' };
const orders = {
  rating: 'best rated first',
  newest: 'newest first',
  oldest: 'oldest first',
  popularity: 'most popular first',
};

/**
 * Returns what was understood, each fact in words, with the patterns of the words in the query that may have said it.
 * A fact without patterns cannot be removed.
 */
function factsOf(understanding) {
  const literal = (kind, list, format = (text) => text) =>
    list.map((text) => ({ kind, text: format(text), words: [escape(text)] }));
  const single = (kind, text, words = []) => (text === null ? [] : [{ kind, text, words }]);
  const { titles, people, genres, excludedGenres, intent } = understanding;
  return [
    ...literal(intent === 'similar' ? 'like' : 'title', titles),
    ...people.map(({ name, role }) => ({
      kind: 'person',
      text: `${roles[role]}${name}`,
      words: [escape(name), escape(name.split(' ').slice(1).join(' ') || name)],
    })),
    ...genres.map((genre) => ({ kind: 'genre', text: genre, words: [genreWords(genre)] })),
    ...excludedGenres.map((genre) => ({ kind: 'not', text: genre, words: [genreWords(genre)] })),
    ...literal('mood', understanding.moods),
    ...literal('theme', understanding.themes),
    ...literal('not', understanding.excludedThemes),
    ...single('years', years(understanding.years), [yearWords]),
    ...single('released', years(understanding.released)),
    ...single('runtime', runtime(understanding.runtimeMinutes), [hourWords]),
    ...single('rating', range(understanding.rating.min, null)),
    ...single('votes', range(understanding.votes.min, null, number)),
    ...single('budget', amount(understanding.budget)),
    ...single('revenue', amount(understanding.revenue)),
    ...literal('rated', understanding.certification),
    ...understanding.countries.map((code) => ({ kind: 'country', text: regionName(code), words: [] })),
    ...single('countries', range(understanding.countryCount.min, understanding.countryCount.max)),
    ...understanding.spokenLanguages.map((code) => ({
      kind: 'language',
      text: languageName(code),
      words: [],
    })),
    ...single('order', orders[understanding.sort] ?? null),
    ...single('number', understanding.limit === null ? null : String(understanding.limit)),
  ];
}

const runtime = ({ min, max }) => range(min, max, (minutes) => `${minutes} min`);
const amount = ({ min, max }) => range(min, max, dollars);
const escape = (text) =>
  text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(' ', String.raw`\s+`);

/**
 * Returns what was understood as `{ kind, text, queryWithout }`. `queryWithout` is the query without the words of the fact; it is
 * undefined if they cannot be found or nothing would be left.
 */
export function understoodFacts(understanding) {
  const { query } = understanding;
  return factsOf(understanding).map(({ kind, text, words }) => {
    const rests = words.map((pattern) => without(query, pattern));
    return { kind, text, queryWithout: rests.find((rest) => rest !== '' && rest !== query.trim()) };
  });
}
