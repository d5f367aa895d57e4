/** A language and, optionally, a script and a region, in whatever case (RFC 5646, section 2.1). */
const tag = /^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}))?$/i;

const names = (type: 'language' | 'region') => new Intl.DisplayNames('en', { type, fallback: 'none' });
const languageNames = names('language');
const regionNames = names('region');

/**
 * Returns a BCP 47 language tag as TMDB writes it, `de` or `de-DE`; undefined for anything else. TMDB knows no scripts: a
 * tag that has one gets the region where it is most used, `zh-TW` for `zh-Hant`. Variants and extensions, languages and
 * regions that do not exist are refused: each tag is a cache key of its own.
 */
export function toMovieLanguage(text: string): string | undefined {
  const [, language = '', script, region] = tag.exec(text) ?? [];
  const lower = language.toLowerCase();
  if (language === '' || languageNames.of(lower) === undefined) return undefined;
  if (region !== undefined) {
    const upper = region.toUpperCase();
    return regionNames.of(upper) === undefined ? undefined : `${lower}-${upper}`;
  }
  if (script === undefined) return lower;
  const likely = new Intl.Locale(`${lower}-${script}`).maximize();
  return likely.region ? `${lower}-${likely.region}` : undefined;
}
