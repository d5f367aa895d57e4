import { getJson } from './api.js';
import { button } from './dom.js';

const examples = [
  'the one where a man cannot form new memories',
  'heist movies from the 90s with Robert De Niro',
  'something funny and short for the kids',
  'movies like Alien but not horror',
  'dark thrillers since 2000 under two hours',
  'the godfater',
];
const maxTrending = 12;

/** Creates a button for each example query. */
export const exampleButtons = (onSearch) =>
  examples.map((query) => button({ class: 'toggle' }, () => onSearch(query), query));

/** Returns the trending movies in the shape of search results. */
export async function trendingMovies(signal) {
  const { ids } = await getJson(`/v1/trending?limit=${maxTrending}`, { signal });
  if (ids.length === 0) return [];
  const { results } = await getJson(`/v1/movies?ids=${ids.join(',')}`, { signal });
  const rankOf = new Map(ids.map((id, index) => [id, index + 1]));
  return results.map((detail) => ({
    movie: toMovie(detail),
    why: { matched: [{ kind: 'trending', text: `number ${rankOf.get(detail.id)} in trending` }] },
  }));
}

const toMovie = (detail) => ({
  id: detail.id,
  title: detail.title,
  originalTitle: detail.original_title,
  releaseDate: detail.release_date ?? '',
  genres: (detail.genres ?? []).map(({ name }) => name),
  runtimeMinutes: detail.runtime || null,
  certification: null,
  directors: (detail.credits?.crew ?? []).filter(({ job }) => job === 'Director').map(({ name }) => name),
  cast: (detail.credits?.cast ?? []).slice(0, 6).map(({ name, character }) => ({ name, character })),
  overview: detail.overview ?? '',
  voteAverage: detail.vote_count > 0 ? detail.vote_average : null,
});
