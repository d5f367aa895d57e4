/**
 * What is searched for. The page's address holds it, so that links and the back button work.
 *
 * `likeId` is the id of a movie whose similar movies are shown instead of the query's.
 */
export const noSearch = {
  query: '',
  likeId: null,
  genres: [],
  decade: null,
  certifications: [],
  excluded: [],
};

const list = (text) => (text ? text.split(',') : []);
const isId = (text) => /^[1-9]\d{0,9}$/.test(text);

/** Reads the state from an address's query string. Ignores what it cannot read. */
export function readState(queryString) {
  const fields = new URLSearchParams(queryString);
  const likeId = fields.get('like') ?? '';
  const decade = fields.get('decade') ?? '';
  return {
    query: fields.get('q') ?? '',
    likeId: isId(likeId) ? Number(likeId) : null,
    genres: list(fields.get('genres')),
    decade: /^\d{4}s$/.test(decade) ? decade : null,
    certifications: list(fields.get('certification')),
    excluded: list(fields.get('exclude')).filter(isId).map(Number),
  };
}

/** Returns the query string of a state. */
export function writeState({ query, likeId, genres, decade, certifications, excluded }) {
  const fields = new URLSearchParams();
  const set = (name, value) => value && fields.set(name, value);
  set('q', query);
  set('like', likeId);
  set('genres', genres.join(','));
  set('decade', decade);
  set('certification', certifications.join(','));
  set('exclude', excluded.join(','));
  return `?${fields}`;
}

export const hasFilters = ({ genres, decade, certifications }) =>
  genres.length > 0 || decade !== null || certifications.length > 0;

/** Returns the API request for a state. `page` may hold a `cursor` and a `limit`. */
export function requestOf(state, page) {
  const { query, likeId, excluded } = state;
  if (likeId !== null) {
    const fields = new URLSearchParams(page);
    if (excluded.length > 0) fields.set('exclude', excluded.join(','));
    return { method: 'GET', path: `/v1/movies/${likeId}/similar?${fields}` };
  }
  return {
    method: 'POST',
    path: '/v1/search',
    body: {
      query,
      ...page,
      ...(hasFilters(state) && { filters: filtersOf(state) }),
      ...(excluded.length > 0 && { exclude: excluded }),
      facets: ['genres', 'decades', 'certification'],
      explain: true,
    },
  };
}

function filtersOf({ genres, decade, certifications }) {
  const firstYear = decade === null ? null : Number(decade.slice(0, 4));
  return {
    ...(genres.length > 0 && { genres }),
    ...(firstYear !== null && { yearFrom: firstYear, yearTo: firstYear + 9 }),
    ...(certifications.length > 0 && { certification: certifications }),
  };
}
