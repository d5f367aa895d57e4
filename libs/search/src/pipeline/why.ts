import type { Movie } from '@app/catalogue';
import { termOf, wordsOf } from '../text/terms.js';
import { genresOfMoods } from './mood-genres.js';
import type { Ranked } from './rank.js';
import type { SearchPlan } from './search-plan.js';

export type ReasonKind =
  | 'title'
  | 'director'
  | 'actor'
  | 'genre'
  | 'year'
  | 'runtime'
  | 'mood'
  | 'theme'
  | 'words'
  | 'meaning'
  | 'trending';

/** One thing that speaks for a movie, in words. */
export interface Reason {
  readonly kind: ReasonKind;
  readonly text: string;
}

/** A similarity from here on is worth naming. */
const minNamedSimilarity = 0.5;

/** Returns what matched, the strongest reason first. */
export function reasonsFor(
  { movie, candidate, parts }: Ranked,
  plan: SearchPlan,
  references: readonly Movie[],
): Reason[] {
  const reasons: Reason[] = [];
  const add = (kind: ReasonKind, text: string): void => void reasons.push({ kind, text });
  if (parts.title > 0) add('title', movie.title);
  for (const { name, role } of plan.constraints.people) addPerson(movie, name, role, add);
  const genres = new Set([...plan.constraints.genres, ...plan.likelyGenres]);
  for (const genre of movie.genres) if (genres.has(genre)) add('genre', genre);
  const { years, runtimeMinutes } = plan.constraints;
  if (years.from !== null || years.to !== null) add('year', movie.releaseDate.slice(0, 4));
  if ((runtimeMinutes.from !== null || runtimeMinutes.to !== null) && movie.runtimeMinutes)
    add('runtime', `${movie.runtimeMinutes} minutes`);
  const terms = new Set(wordsOf([...movie.keywords, movie.overview].join(' ')).map(termOf));
  for (const theme of plan.themes)
    if (
      wordsOf(theme)
        .map(termOf)
        .every((term) => terms.has(term))
    )
      add('theme', theme);
  for (const mood of plan.moods) {
    const usual = genresOfMoods([mood]);
    const genre = movie.genres.find((each) => usual.has(each));
    if (genre) add('mood', `${mood} (${genre})`);
  }
  const words = new Set(wordsOf(plan.words).filter((word) => terms.has(termOf(word))));
  if (words.size > 0) add('words', [...words].join(', '));
  if (candidate.meaning && candidate.meaning.score >= minNamedSimilarity)
    add(
      'meaning',
      references.length > 0
        ? `like ${references.map(({ title }) => title).join(', ')}`
        : 'a similar description',
    );
  if (parts.trending > 0) add('trending', 'trending now');
  return reasons;
}

function addPerson(
  movie: Movie,
  name: string,
  role: string,
  add: (kind: ReasonKind, text: string) => void,
): void {
  if (role !== 'actor' && movie.directors.includes(name)) add('director', `directed by ${name}`);
  const part = movie.cast.find((member) => member.name === name);
  if (role !== 'director' && part)
    add('actor', part.character ? `${name} as ${part.character}` : `with ${name}`);
}
