import type { Movie } from '@app/catalogue';
import type { Suggestion } from '../movie-index/movie-index.js';
import { NameIndex } from './name-index.js';

interface Entry {
  readonly suggestion: Suggestion;
  /** The fame of the movie, or of a person's movies together. */
  fame: number;
}

/** Titles and people for someone who is typing. */
export class SuggestionIndex {
  private readonly names = new NameIndex<Entry>();
  private readonly people = new Map<string, Entry>();

  add(movie: Movie): void {
    const fame = movie.popularity ?? 2;
    const title: Suggestion = {
      kind: 'title',
      text: movie.title,
      movieId: movie.id,
      year: Number(movie.releaseDate.slice(0, 4)),
    };
    const entry: Entry = { suggestion: title, fame };
    for (const text of [movie.title, movie.originalTitle, ...(movie.alternativeTitles ?? [])])
      if (text) this.names.add(text, entry);
    for (const name of new Set([
      ...movie.directors,
      ...movie.cast.slice(0, 4).map((member) => member.name),
    ])) {
      const person = this.people.get(name);
      // Fame adds up slowly: a star of ten movies is better known than any of them.
      if (person) person.fame = Math.max(person.fame, fame) + 0.15;
      else {
        const added: Entry = { suggestion: { kind: 'person', text: name }, fame: fame - 1 };
        this.people.set(name, added);
        this.names.add(name, added);
      }
    }
  }

  complete(prefix: string, limit: number): readonly Suggestion[] {
    const scores = new Map<Entry, number>();
    const keep = (entry: Entry, score: number): void => {
      if (score > (scores.get(entry) ?? -Infinity)) scores.set(entry, score);
    };
    for (const { value, isStart } of this.names.completions(prefix))
      keep(value, value.fame + (isStart ? 2 : 0));
    if (scores.size < limit)
      for (const value of this.names.nearCompletions(prefix)) keep(value, value.fame - 4);
    return (
      [...scores]
        // Of equally known titles, the shorter is the first of its series.
        .toSorted(
          ([one, a], [other, b]) => b - a || one.suggestion.text.length - other.suggestion.text.length,
        )
        .slice(0, limit)
        .map(([{ suggestion }]) => suggestion)
    );
  }
}
