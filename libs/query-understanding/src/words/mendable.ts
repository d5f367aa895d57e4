import { mediaWords } from '../vocabulary/media.js';
import { lexicon } from '../vocabulary/lexicon.js';

const further =
  'movies films about after before between starring featuring directed director written actor actress similar something without under minutes hours rated rating highest popular trending recent newest latest oldest animated suitable children please recommend suggest watch decade century eighties nineties seventies sixties fifties tonight longer shorter released based story ending adventure';

/** Words that a misspelled one may be mended to: long enough to be recognised. */
export const mendable: readonly string[] = [
  ...new Set(
    [...lexicon.keys()].flatMap((phrase) => phrase.split(' ')).concat([...mediaWords], further.split(' ')),
  ),
].filter((word) => word.length >= 5 && /^[a-z]+$/.test(word));
