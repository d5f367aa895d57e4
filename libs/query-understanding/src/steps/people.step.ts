import type { AnyStep } from '../graph/graph.js';
import type { PeopleIndex } from '../names/people-index.js';
import { isEnglishWord } from '../vocabulary/english-words.js';
import { lexicon } from '../vocabulary/lexicon.js';
import { mediaWords } from '../vocabulary/media.js';
import {
  endsPersonName,
  honorific,
  maxRoleCueWords,
  type Role,
  rolesAfter,
  rolesBefore,
  unambiguousRoleCues,
} from '../vocabulary/role-cues.js';
import type { Person } from '../understanding.js';
import { Mask, phraseOf, type Span, type Word } from '../words/words.js';
import { ruleTimeoutMs, step } from './values.js';

const articles = new Set(['the', 'a', 'an', 'and', 'or', 'of', 'in', 'to', 'is']);
const maxUnknownNameWords = 3;

interface FoundName {
  readonly names: readonly string[];
  readonly span: Span;
}

/** Finds the people that a query names, with the roles that it assigns to them. */
export function peopleStep(index: PeopleIndex): AnyStep {
  return step({
    name: 'people',
    description: 'Finds people that are named, with their roles',
    inputs: ['translate', 'titles'],
    timeoutMs: ruleTimeoutMs,
    run: ({ translate: words, titles }) =>
      new PeopleReader(
        words,
        new Mask(
          words.length,
          titles.map(({ span }) => span),
        ),
        index,
      ).read(),
    fallback: () => ({ people: [], spans: [] }),
  });
}

class PeopleReader {
  constructor(
    private readonly words: readonly Word[],
    private readonly mask: Mask,
    private readonly index: PeopleIndex,
  ) {}

  read(): { people: Person[]; spans: Span[] } {
    const found = this.find();
    const people: Person[] = [];
    const spans: Span[] = [];
    let lastRole: Role = 'any';
    found.forEach(({ names, span }, number) => {
      const previous = found[number - 1];
      const cue = this.cueBefore(span.from) ?? this.cueAfter(span.to);
      const isJoined = previous !== undefined && this.isJoined(previous.span.to, span.from);
      const role: Role = cue?.role ?? (isJoined ? lastRole : 'any');
      lastRole = role;
      for (const name of names) {
        if (!people.some((person) => person.name === name)) people.push({ name, role });
      }
      spans.push(
        cue ? { from: Math.min(cue.span.from, span.from), to: Math.max(cue.span.to, span.to) } : span,
      );
    });
    return { people: this.shareLateRoles(people, found), spans };
  }

  /** "that Ben Affleck and Matt Damon wrote": a role after the last name applies to all of them. */
  private shareLateRoles(people: Person[], found: readonly FoundName[]): Person[] {
    const last = people.at(-1);
    if (!last || people.length < 2 || !this.cueAfter(found.at(-1)?.span.to ?? 0)) return people;
    const joined = found
      .slice(1)
      .every(({ span }, index) => this.isJoined(found[index]?.span.to ?? 0, span.from));
    if (!joined) return people;
    return people.map((person) => (person.role === 'any' ? { ...person, role: last.role } : person));
  }

  private find(): FoundName[] {
    const found: FoundName[] = [];
    for (let from = 0; from < this.words.length;) {
      const person = this.personAt(from);
      if (person) {
        found.push(person);
        this.mask.take(person.span);
      }
      from = person ? person.span.to : from + 1;
    }
    return found;
  }

  private personAt(from: number): FoundName | undefined {
    for (let to = Math.min(this.words.length, from + this.index.longest); to > from; to--) {
      const span = { from, to };
      if (!this.mask.isFree(span)) continue;
      const names = this.namesOf(span);
      if (names) return { names, span };
    }
    for (const length of [3, 2]) {
      const span = { from, to: from + length };
      if (!this.mask.isFree(span) || this.isPlain(span) || this.crossesClause(span)) continue;
      const names = this.index.findNear(this.phrase(span));
      if (names) return { names, span };
    }
    return this.unknownAt(from);
  }

  /** "written by Paul Laverty": recognizes names that are in no list after an unambiguous role cue. */
  private unknownAt(from: number): FoundName | undefined {
    const cue = this.cueBefore(from);
    if (!cue || !unambiguousRoleCues.has(this.phrase(cue.span))) return undefined;
    let to = from;
    while (to < this.words.length && to - from < maxUnknownNameWords) {
      const word = this.words[to] as Word;
      const ends =
        this.mask.isTaken(to) || (to > from && word.startsClause) || !/^\p{L}{2,}$/u.test(word.text);
      if (
        ends ||
        articles.has(word.text) ||
        this.isPlain({ from: to, to: to + 1 }) ||
        endsPersonName.test(word.text)
      )
        break;
      to++;
    }
    if (to - from < 2) return undefined;
    const names = [
      this.words
        .slice(from, to)
        .map(({ original }) => capitalized(original))
        .join(' '),
    ];
    return { names, span: { from, to } };
  }

  private namesOf(span: Span): readonly string[] | undefined {
    const phrase = this.phrase(span);
    const possessor = this.words[span.to - 1]?.possessor;
    const last = this.words[span.to - 1]?.text ?? '';
    const withoutPossessive = possessor ? phrase.slice(0, -last.length) + possessor : undefined;
    for (const key of [phrase, withoutPossessive]) {
      if (key === undefined) continue;
      const names = this.index.find(key);
      if (names && (key.includes(' ') || this.isLikelyName(key, span))) return names;
      if (span.to - span.from > 1) continue;
      const name = this.index.findSurname(key);
      if (name && this.isLikelyName(key, span)) return [name];
    }
    return undefined;
  }

  /** Returns whether a surname is a name. One that is also an English word needs a role before it or "movies" after it. */
  private isLikelyName(surname: string, span: Span): boolean {
    if (lexicon.has(surname) || mediaWords.has(surname)) return false;
    if (!this.index.isPlainWord(surname)) return true;
    const next = this.words[span.to]?.text ?? '';
    const previous = this.words[span.from - 1]?.text ?? '';
    const cue = this.cueBefore(span.from);
    if (cue && cue.role !== 'actor' && !/^(?:a|an|the)$/.test(previous)) return true;
    const isFirst =
      span.from === 0 || /^(?:best|top|new|latest|early|classic|more|some|any|good|great)$/.test(previous);
    return isFirst && mediaWords.has(next) && surname.length > 3;
  }

  private isPlain({ from, to }: Span): boolean {
    const words = this.words.slice(from, to);
    return (
      words.length < to - from ||
      words.filter(({ text }) => isEnglishWord(text)).length >= 2 ||
      articles.has(words[0]?.text ?? '') ||
      words.some(
        ({ text }) =>
          lexicon.has(text) || mediaWords.has(text) || rolesBefore.has(text) || rolesAfter.has(text),
      )
    );
  }

  private crossesClause({ from, to }: Span): boolean {
    return this.words.slice(from + 1, to).some(({ startsClause }) => startsClause);
  }

  private cueBefore(from: number): { role: Role; span: Span } | undefined {
    let end = from;
    while (end > 0 && honorific.test(this.words[end - 1]?.text ?? '')) end--;
    for (let length = maxRoleCueWords; length > 0; length--) {
      const span = { from: end - length, to: end };
      if (span.from < 0) continue;
      const role = rolesBefore.get(this.phrase(span));
      if (role) return { role, span };
    }
    return undefined;
  }

  private cueAfter(to: number): { role: Role; span: Span } | undefined {
    for (let length = maxRoleCueWords; length > 0; length--) {
      const span = { from: to, to: to + length };
      if (span.to > this.words.length) continue;
      const role = rolesAfter.get(this.phrase(span));
      if (role) return { role, span };
    }
    return undefined;
  }

  private isJoined(end: number, start: number): boolean {
    const between = this.words.slice(end, start).map(({ text }) => text);
    return between.every((text) => text === 'and' || text === 'or' || text === 'plus' || text === 'both');
  }

  private phrase(span: Span): string {
    return phraseOf(this.words, span);
  }
}

const capitalized = (text: string): string => text.replace(/^\p{L}/u, (letter) => letter.toUpperCase());
