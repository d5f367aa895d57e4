/** Words that introduce a fact and mean nothing without it. */
const introductions = [
  'directed by',
  'written by',
  'starring',
  'featuring',
  'with',
  'without',
  'by',
  'from',
  'since',
  'between',
  'before',
  'after',
  'until',
  'during',
  'in',
  'of',
  'about',
  'like',
  'and',
  'or',
  'but',
  'no',
  'not',
  'the',
  'a',
  'an',
].join('|');

const spellings = {
  Animation: 'animat(?:ed|ion)|cartoons?',
  Comedy: 'comed(?:y|ies)|comedic|funny',
  Documentary: 'documentar(?:y|ies)',
  Drama: 'dramas?',
  Family: 'family|kids|children',
  Fantasy: 'fantas(?:y|ies)',
  History: 'histor(?:y|ical)',
  Horror: 'horrors?|scary',
  Music: 'musicals?|music',
  Mystery: 'myster(?:y|ies)|whodunn?its?',
  Romance: 'romances?|romantic|love stor(?:y|ies)',
  'Science Fiction': String.raw`sci-?fi|science\s+fiction`,
};

/** Returns a pattern of the words that name a genre. */
export const genreWords = (genre) => spellings[genre] ?? `${genre}s?`;

export const yearWords = String.raw`(?:(?:early|mid|late)[\s-]+)?'?(?:\d{2}|\d{4})s|\d{4}(?:\s*(?:-|–|to|and)\s*\d{4})?`;

export const hourWords = String.raw`(?:(?:under|below|over|above|about|around|up to|at most|at least|(?:less|more|shorter|longer) than)\s+)?(?:[\w.]+\s+){1,2}(?:hours?|hrs?|h|minutes?|mins?)`;

/** Returns the query without the words that match a pattern, nor those that introduce them. */
export function without(query, pattern) {
  // "with A and B" becomes "with B", and not "and B".
  const firstOfSeveral = new RegExp(
    String.raw`(?<=^|\b(?:with|by|starring|featuring|no|not|without)\s+)(?:${pattern})\s+(?:and|or)\s+(?!(?:${introductions})\s)`,
    'iu',
  );
  const introduced = new RegExp(
    String.raw`(?:[\s,]+|^)(?:(?:${introductions})\s+)*(?:${pattern})(?![\w'’])`,
    'iu',
  );
  return query
    .replace(firstOfSeveral.test(query) ? firstOfSeveral : introduced, '')
    .replace(/^[\s,]+|[\s,]+$/g, '')
    .replaceAll(/\s+,/g, ',');
}
