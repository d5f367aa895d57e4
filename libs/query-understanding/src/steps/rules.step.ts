import { ruleTimeoutMs, step } from './values.js';

export const rulesStep = step({
  name: 'rules',
  description: 'Combines the facts that the rules have read',
  inputs: [
    'titles',
    'people',
    'years',
    'runtime',
    'rating',
    'certification',
    'count',
    'genres',
    'moods',
    'themes',
    'sort',
    'intent',
    'rewrite',
  ],
  timeoutMs: ruleTimeoutMs,
  run: ({ titles, people, genres, moods, themes, ...rest }) => ({
    intent: rest.intent,
    titles: [
      ...new Set(
        titles.filter(({ as }) => as === 'requested' || as === 'likeness').map(({ title }) => title),
      ),
    ],
    people: [...people.people],
    genres: [...genres.genres],
    excludedGenres: [...genres.excludedGenres],
    years: rest.years.value,
    runtimeMinutes: rest.runtime.value,
    rating: { min: rest.rating.value },
    certification: [...rest.certification.value],
    moods: [...moods.moods],
    themes: [...themes.themes],
    excludedThemes: [...themes.excluded, ...moods.excluded],
    sort: rest.sort.value,
    limit: rest.count.value,
    rewritten: rest.rewrite,
  }),
});
