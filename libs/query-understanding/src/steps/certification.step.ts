import { certificationNames, type Certification } from '../understanding.js';
import { anyOf } from '../words/phrase-pattern.js';
import { overlaps, type Span } from '../words/words.js';
import type { WordText } from '../words/word-text.js';
import { ruleTimeoutMs, step, textWithoutNames } from './values.js';

const name = '(pg 13|pg13|pg|nc 17|nc17|r|g)';
/** Names that cannot mean anything else, unlike G and R. */
const unambiguous = '(pg 13|pg13|pg|nc 17|nc17)';
const children = anyOf([
  'children',
  'kids',
  'kid',
  'child',
  'families',
  'family',
  'my kids',
  'my children',
  'younger kids',
  'young kids',
  'young children',
  'younger children',
  'younger viewers',
  'little kids',
  'all ages',
  'the kids',
  'the whole family',
]);

interface Rule {
  readonly pattern: RegExp;
  readonly read: (groups: readonly (string | undefined)[]) => readonly Certification[];
}

const rules: readonly Rule[] = [
  {
    pattern: new RegExp(
      `(?:not|no|without|nothing|isnt|arent|never|except|excluding)(?: that is| thats)?(?: anything)? (?:rated )?${name} or (?:rated )?${name}`,
    ),
    read: ([a, b]) => (rank(a) < rank(b) ? below(a) : below(b)),
  },
  {
    pattern: new RegExp(`(?:rated )?${name}(?: rating)? (?:at most|at the most|max|maximum|tops|at worst)`),
    read: ([max]) => upTo(max),
  },
  {
    pattern: new RegExp(
      `(?:rated )?${name} (?:rated )?(?:or|and) (?:lower|below|less|under|milder|softer|younger)`,
    ),
    read: ([max]) => upTo(max),
  },
  {
    pattern: new RegExp(
      `(?:nothing|not|no|none|never)(?: rated)?(?: (?:above|over|beyond|higher than|stronger than|harsher than|past|more than))(?: (?:a|an))?(?: rated)? ${name}(?: rated| rating)?`,
    ),
    read: ([max]) => upTo(max),
  },
  {
    pattern: new RegExp(
      `(?:at most|up to|max|maximum|no higher than|no more than|capped at|under|below)(?: rated| a)? ${name}(?: rated| rating)?`,
    ),
    read: ([max]) => upTo(max),
  },
  {
    pattern: new RegExp(`(?:rated )?${name} (?:or|and) (?:higher|above|up|stronger|older)`),
    read: ([min]) => from(min),
  },
  {
    pattern: new RegExp(
      `(?:not|no|without|nothing|isnt|arent|aint|never|non|but not|except|excluding)(?: that is| thats)?(?: anything)?(?: an?)? (?:rated |rating )?(?:an? )?${name}(?: rated| rating| ratings)?(?: (?:movies|films|stuff))?`,
    ),
    read: ([worst]) => below(worst),
  },
  {
    pattern: new RegExp(`(?:rated )?${name}(?: rated)? (?:or|and|to) (?:rated )?${name}(?: rated| rating)?`),
    read: ([a, b]) => [...one(a), ...one(b)],
  },
  {
    pattern: new RegExp(
      `(?:rated|rating|certified|certificate|classified)(?: of| is)? (?:an? )?${name}(?: only)?`,
    ),
    read: ([only]) => one(only),
  },
  {
    pattern: new RegExp(`${name} (?:rated|rating|ratings|certificate|certified)`),
    read: ([only]) => one(only),
  },
  { pattern: new RegExp(unambiguous), read: ([only]) => one(only) },
  {
    pattern: new RegExp(
      `(?:${children} (?:friendly|safe|appropriate|suitable)|(?:suitable|appropriate|safe|ok|okay|fine|good|fit)(?: enough)?(?: to watch)?(?: with| for) ${children}|(?:that )?(?:i can|we can|can) watch with (?:my |the |our )?(?:kids|children))`,
    ),
    read: () => ['G', 'PG'],
  },
];

export const certificationStep = step({
  name: 'certification',
  description: 'Reads the acceptable certifications',
  inputs: ['spelling', 'titles', 'people'],
  timeoutMs: ruleTimeoutMs,
  run: (inputs) => read(textWithoutNames(inputs)),
  fallback: () => ({ value: [], spans: [] }),
});

function read(text: WordText): { value: readonly Certification[]; spans: Span[] } {
  let value: readonly Certification[] | undefined;
  const spans: Span[] = [];
  for (const { pattern, read: toNames } of rules) {
    for (const { groups, span } of text.findAll(pattern)) {
      if (spans.some((other) => overlaps(other, span))) continue;
      const names = toNames(groups);
      // The certifications that all statements accept.
      const both = value?.filter((certification) => names.includes(certification)) ?? names;
      value = both.length > 0 ? both : [...(value ?? []), ...names];
      spans.push(span);
    }
  }
  return { value: certificationNames.filter((certification) => value?.includes(certification)), spans };
}

const named: Readonly<Record<string, Certification>> = {
  g: 'G',
  pg: 'PG',
  'pg 13': 'PG-13',
  pg13: 'PG-13',
  r: 'R',
  'nc 17': 'NC-17',
  nc17: 'NC-17',
};
const rank = (text = ''): number => certificationNames.indexOf(named[text] as Certification);
const one = (text: string | undefined): readonly Certification[] =>
  certificationNames.slice(rank(text), rank(text) + 1);
const upTo = (text: string | undefined): readonly Certification[] =>
  certificationNames.slice(0, rank(text) + 1);
const below = (text: string | undefined): readonly Certification[] => certificationNames.slice(0, rank(text));
const from = (text: string | undefined): readonly Certification[] => certificationNames.slice(rank(text));
