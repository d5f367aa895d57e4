import { describe, expect, it } from '@jest/globals';
import { toMovieLanguage } from './movie-language.js';

describe(toMovieLanguage.name, () => {
  it.each([
    ['de-DE', 'de-DE'],
    ['DE-de', 'de-DE'],
    ['de', 'de'],
    ['pt-BR', 'pt-BR'],
    // Deprecated in BCP 47, but used by TMDB.
    ['tl-PH', 'tl-PH'],
    ['zh-Hant', 'zh-TW'],
    ['zh-hans-CN', 'zh-CN'],
    ['sr-Latn', 'sr-RS'],
  ])('converts %s to %s', (text, expected) => {
    expect(toMovieLanguage(text)).toBe(expected);
  });

  it.each([
    '',
    'x',
    'de_DE',
    'de-',
    'german',
    'qq-DE',
    'de-QQ',
    'de-DE-1996',
    'de-DE-x-attack',
    'de-u-co-phonebk',
    'i-klingon',
    'de:DE',
    'de-DE\n',
  ])('rejects %j', (text) => {
    expect(toMovieLanguage(text)).toBeUndefined();
  });
});
