import type { Movie } from '@app/catalogue';
import type { RankedHit } from '../ranked-answer.js';
import { plainText } from '../text/plain-text.js';
import { termOf, wordsOf } from '../text/terms.js';
import { genresOfMoods } from './mood-genres.js';
import type { SearchPlan } from './search-plan.js';

export const reasonKinds = [
  'title',
  'director',
  'actor',
  'writer',
  'genre',
  'year',
  'runtime',
  'mood',
  'theme',
  'words',
  'meaning',
  'trending',
] as const;
export type ReasonKind = (typeof reasonKinds)[number];

/** One thing that speaks for a movie, in words. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly text: string;
}

/** A smaller similarity says nothing to a viewer. */
const minNamedSimilarity = 0.5;

/** Returns why a movie was found: facts first, then words, then meaning. */
export function reasonsFor(
  movie: Movie,
  { parts, similarity, trendingRank }: RankedHit,
  plan: SearchPlan,
  references: readonly string[],
): Reason[] {
  const reasons: Reason[] = [];
  const add = (kind: ReasonKind, text: string): void => void reasons.push({ kind, text });
  if (parts.title > 0) add('title', movie.title);
  for (const { name, role } of plan.constraints.people) reasons.push(...personReasons(movie, name, role));
  const genres = new Set([...plan.constraints.genres, ...plan.likelyGenres]);
  for (const genre of movie.genres) if (genres.has(genre)) add('genre', genre);
  const { years, runtimeMinutes } = plan.constraints;
  if (years.from !== null || years.to !== null) add('year', movie.releaseDate.slice(0, 4));
  if ((runtimeMinutes.from !== null || runtimeMinutes.to !== null) && movie.runtimeMinutes)
    add('runtime', `${movie.runtimeMinutes} minutes`);
  for (const mood of plan.moods) {
    const usual = genresOfMoods([mood]);
    const genre = movie.genres.find((each) => usual.has(each));
    if (genre) add('mood', `${mood} (${genre})`);
  }
  const terms = new Set(wordsOf([...movie.keywords, movie.overview].join(' ')).map(termOf));
  const hasAll = (text: string): boolean => wordsOf(text).every((word) => terms.has(termOf(word)));
  for (const theme of plan.themes) if (hasAll(theme)) add('theme', theme);
  const words = new Set(wordsOf(plan.words).filter((word) => terms.has(termOf(word))));
  if (words.size > 0) add('words', [...words].join(', '));
  if (similarity !== null && similarity >= minNamedSimilarity)
    add('meaning', references.length > 0 ? `like ${references.join(' and ')}` : 'the plot is similar');
  if (trendingRank !== null) add('trending', `number ${trendingRank} in trending`);
  return reasons;
}

function personReasons(movie: Movie, name: string, role: string): Reason[] {
  const wanted = plainText(name);
  const isNamed = (each: string): boolean => plainText(each) === wanted;
  const reasons: Reason[] = [];
  const isWanted = (kind: string): boolean => role === 'any' || role === kind;
  if (isWanted('director') && movie.directors.some(isNamed))
    reasons.push({ kind: 'director', text: `directed by ${name}` });
  const member = isWanted('actor') ? movie.cast.find((each) => isNamed(each.name)) : undefined;
  if (member)
    reasons.push({
      kind: 'actor',
      text: member.character ? `${name} as ${member.character}` : `with ${name}`,
    });
  if (isWanted('writer') && movie.writers?.some(isNamed))
    reasons.push({ kind: 'writer', text: `written by ${name}` });
  return reasons;
}
