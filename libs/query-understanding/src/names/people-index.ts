import type { KnownPerson } from '@app/catalogue';
import { editDistance, tolerance } from '../words/edit-distance.js';
import { fold } from '../words/words.js';
import { readWordList } from './word-list.js';

/** Short names are near too many others. */
const minFuzzyLength = 12;

/** Several who are named as one. */
const groups: Readonly<Record<string, readonly string[]>> = {
  'coen brothers': ['Joel Coen', 'Ethan Coen'],
  'the coens': ['Joel Coen', 'Ethan Coen'],
  coens: ['Joel Coen', 'Ethan Coen'],
  wachowskis: ['Lana Wachowski', 'Lilly Wachowski'],
  'wachowski sisters': ['Lana Wachowski', 'Lilly Wachowski'],
  'wachowski brothers': ['Lana Wachowski', 'Lilly Wachowski'],
  'russo brothers': ['Anthony Russo', 'Joe Russo'],
  'safdie brothers': ['Josh Safdie', 'Benny Safdie'],
  'farrelly brothers': ['Peter Farrelly', 'Bobby Farrelly'],
  'dardenne brothers': ['Jean-Pierre Dardenne', 'Luc Dardenne'],
  daniels: ['Daniel Kwan', 'Daniel Scheinert'],
  'marx brothers': ['Groucho Marx', 'Harpo Marx', 'Chico Marx'],
};

/** Other ways in which people are named. */
const aliases: Readonly<Record<string, string>> = {
  'nic cage': 'Nicolas Cage',
  'nick cage': 'Nicolas Cage',
  'jen lawrence': 'Jennifer Lawrence',
  jlaw: 'Jennifer Lawrence',
  'j law': 'Jennifer Lawrence',
  'bob de niro': 'Robert De Niro',
  'marty scorsese': 'Martin Scorsese',
  'chris nolan': 'Christopher Nolan',
  'will ferrel': 'Will Ferrell',
  'matt mcconaughey': 'Matthew McConaughey',
  'danny devito': 'Danny DeVito',
  'ben stiller': 'Ben Stiller',
  'kate blanchett': 'Cate Blanchett',
  'bill nighy': 'Bill Nighy',
  'rob pattinson': 'Robert Pattinson',
  'sly stallone': 'Sylvester Stallone',
  'jake gyllenhal': 'Jake Gyllenhaal',
  'tim chalamet': 'Timothée Chalamet',
  'the rock': 'Dwayne Johnson',
  'bong joon ho': 'Bong Joon Ho',
  bong: 'Bong Joon Ho',
  'bong joonho': 'Bong Joon Ho',
  'park chan wook': 'Park Chan-wook',
  jlo: 'Jennifer Lopez',
  'j lo': 'Jennifer Lopez',
  rdj: 'Robert Downey Jr.',
  'robert downey': 'Robert Downey Jr.',
  'robert downey junior': 'Robert Downey Jr.',
  'leo dicaprio': 'Leonardo DiCaprio',
  dicaprio: 'Leonardo DiCaprio',
  arnie: 'Arnold Schwarzenegger',
  schwarzenegger: 'Arnold Schwarzenegger',
  'philip seymour': 'Philip Seymour Hoffman',
  'daniel day': 'Daniel Day-Lewis',
  'day lewis': 'Daniel Day-Lewis',
  'm night': 'M. Night Shyamalan',
  'del toro': 'Guillermo del Toro',
  'de niro': 'Robert De Niro',
  deniro: 'Robert De Niro',
  'robert deniro': 'Robert De Niro',
  'de palma': 'Brian De Palma',
  'von trier': 'Lars von Trier',
  'van sant': 'Gus Van Sant',
  'sam jackson': 'Samuel L. Jackson',
  'samuel jackson': 'Samuel L. Jackson',
  'aishwarya rai': 'Aishwarya Rai Bachchan',
  'priyanka chopra': 'Priyanka Chopra Jonas',
  'kareena kapoor': 'Kareena Kapoor Khan',
  'tony leung': 'Tony Leung Chiu-wai',
  srk: 'Shah Rukh Khan',
  'shahrukh khan': 'Shah Rukh Khan',
  scarjo: 'Scarlett Johansson',
};

/** People by the way in which they are typed. */
export class PeopleIndex {
  readonly longest = 5;
  private readonly full = new Map<string, readonly string[]>();
  private readonly surnames = new Map<string, string>();
  /** Keys of several words, by each of their words. */
  private readonly byWord = new Map<string, string[]>();
  /** The same, by the first letters of their words. */
  private readonly byInitials = new Map<string, string[]>();
  private readonly dictionarySurnames: ReadonlySet<string>;

  /** @param known the best known first: the first one of a surname takes it */
  constructor(known: readonly KnownPerson[]) {
    this.dictionarySurnames = readWordList('dictionary-surnames');
    for (const [key, names] of Object.entries(groups)) this.full.set(key, names);
    for (const [key, name] of Object.entries(aliases)) this.full.set(key, [name]);
    for (const { name, isFamous } of known) {
      const key = fold(name);
      if (key.includes(' ') && !this.full.has(key)) this.full.set(key, [name]);
      if (!isFamous) continue;
      const surname = surnameOf(key);
      if (surname.length > 2 && !this.surnames.has(surname)) this.surnames.set(surname, name);
    }
    for (const key of this.full.keys()) {
      const words = key.split(' ');
      if (words.length === 1) continue;
      for (const word of words) push(this.byWord, word, key);
      push(this.byInitials, initials(words), key);
    }
  }

  /** Those of a full name, or of a name of several. */
  find(key: string): readonly string[] | undefined {
    return this.full.get(key);
  }

  /** Those of a misspelled full name: one of its words is right, or all of them nearly so. */
  findNear(key: string): readonly string[] | undefined {
    const limit = Math.min(2, tolerance(key.length));
    const sharing = new Set(key.split(' ').flatMap((word) => this.byWord.get(word) ?? []));
    const near =
      nearest(key, sharing, limit) ?? nearest(key, this.nearlyAlike(key), Math.min(3, tolerance(key.length)));
    return near === undefined ? undefined : this.full.get(near);
  }

  private nearlyAlike(key: string): string[] {
    const words = key.split(' ');
    if (key.length < minFuzzyLength) return [];
    return (this.byInitials.get(initials(words)) ?? []).filter((candidate) =>
      candidate.split(' ').every((word, index) => editDistance(word, words[index] ?? '', 2) <= 2),
    );
  }

  /** The best known of a surname. */
  findSurname(surname: string): string | undefined {
    return this.surnames.get(surname);
  }

  /** A surname that is also an English word says little by itself. */
  isPlainWord(surname: string): boolean {
    return this.dictionarySurnames.has(surname);
  }
}

const surnameOf = (key: string): string => {
  const words = key.replace(/ (jr|sr|iii)$/, '').split(' ');
  return words.at(-1) as string;
};

const initials = (words: readonly string[]): string => words.map((word) => word[0]).join('');

function push(map: Map<string, string[]>, name: string, value: string): void {
  const values = map.get(name);
  if (values) values.push(value);
  else map.set(name, [value]);
}

function nearest(key: string, candidates: Iterable<string>, limit: number): string | undefined {
  let best: { key: string; distance: number } | undefined;
  for (const candidate of candidates) {
    const distance = editDistance(key, candidate, (best?.distance ?? limit + 1) - 1);
    if (distance < (best?.distance ?? limit + 1)) best = { key: candidate, distance };
  }
  return best?.key;
}
