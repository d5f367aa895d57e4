import { loadScript } from '@app/redis';
import { deadLetterFragment } from '../fragments.js';

const countsDeadLetters = { 'note-dead-letter': deadLetterFragment };

/** Scripts that work on the entries of a consumer group. */
export const groupScripts = {
  claim: loadScript('claim-2', new URL('../scripts/claim-2.lua', import.meta.url)),
  startAttempt: loadScript('start-attempt-2', new URL('../scripts/start-attempt-2.lua', import.meta.url)),
  acknowledge: loadScript(
    'acknowledge-3',
    new URL('../scripts/acknowledge-3.lua', import.meta.url),
    countsDeadLetters,
  ),
  deadLetter: loadScript(
    'dead-letter-4',
    new URL('../scripts/dead-letter-4.lua', import.meta.url),
    countsDeadLetters,
  ),
} as const;
