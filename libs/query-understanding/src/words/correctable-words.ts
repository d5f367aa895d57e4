import { genrePhrases } from '../vocabulary/genres.js';
import { mediaWords } from '../vocabulary/media.js';
import { moodPhrases } from '../vocabulary/moods.js';
import { themePhrases } from '../vocabulary/themes.js';

const commonWords =
  'movies films about after before between starring featuring directed director written actor actress similar something anything nothing everything without under minutes hours rated rating highest popular trending recent newest latest oldest animated suitable children please recommend suggest watch decade century eighties nineties seventies sixties fifties tonight longer shorter released based story ending friendly appropriate trailer runtime wrote plays during where which their there these those would could should other others people arent doesnt wasnt shouldnt wouldnt isnt whats thats things stuff really maybe little already another around because better every great still looking looks wants wanted makes making funny scary zombie zombies heist robots aliens ghosts space sports silly creepy gritty';
/** Short mood and theme words resemble too many other words to be corrected to. */
const minConceptLength = 7;

const wordsOf = (table: readonly (readonly [unknown, string])[], minLength: number): string[] =>
  table.flatMap(([, phrases]) => phrases.split(/,? +/)).filter((word) => word.length >= minLength);

/** The vocabulary words that a misspelled word can be corrected to. */
export const correctableWords: readonly string[] = [
  ...new Set([
    ...wordsOf(genrePhrases, 5),
    ...wordsOf(moodPhrases, minConceptLength),
    ...wordsOf(themePhrases, minConceptLength),
    ...mediaWords,
    ...commonWords.split(' '),
  ]),
].filter((word) => word.length >= 5 && /^[a-z]+$/.test(word));
