/** Frequent words of English queries. */
const english: ReadonlySet<string> = new Set(
  'the movies movie films with about like from of and but not directed starring by for after before without best new something anything show me find watch what whats who is are was were be been in to i we want similar comedies thrillers an documentary under over hours hrs minutes mins abt scifi sci please my your that this some any imdb rated mind trending now right watching trailer cast plot runtime as it its he she they why how when where good great gets get all one two if up out so yes can will just more than then there good at on have has had do does did or you us them who our her him'.split(
    ' ',
  ),
);
/** Returns whether a word is a frequent English word, which suggests the language and is hardly a name. */
export const isEnglishWord = (word: string): boolean => english.has(word);
