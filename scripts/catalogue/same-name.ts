const suffixes = new Set(['jr', 'sr', 'ii', 'iii', 'iv']);
const letters: Readonly<Record<string, string>> = { ı: 'i', ł: 'l', ø: 'o', ß: 'ss', æ: 'ae', đ: 'd' };

/** Returns a title without articles, accents and punctuation, to compare it with another. */
export function titleKey(title: string): string {
  return wordsOf(title)
    .join(' ')
    .replace(/^(?:the|a|an) /u, '');
}

/** Whether two spellings name one person: the last word of one occurs in the other ("Sir Richard Attenborough"). */
export function isSamePerson(one: string, other: string): boolean {
  const [ours, theirs] = [wordsOf(one), wordsOf(other)];
  return theirs.includes(lastName(ours)) || ours.includes(lastName(theirs));
}

function wordsOf(text: string): string[] {
  return text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[ıłøßæđ]/gu, (letter) => letters[letter] as string)
    .replace(/&/gu, ' and ')
    .replace(/[’'`.]/gu, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
}

const lastName = (words: readonly string[]): string => words.findLast((word) => !suffixes.has(word)) ?? '';
