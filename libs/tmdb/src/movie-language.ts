/** A language with an optional script and region, in any case (RFC 5646, section 2.1). */
const tag = /^([a-z]{2,3})(?:-([a-z]{4}))?(?:-([a-z]{2}))?$/i;

const names = (type: 'language' | 'region') => new Intl.DisplayNames('en', { type, fallback: 'none' });
const languageNames = names('language');
const regionNames = names('region');

/**
 * Normalizes a BCP 47 language tag to TMDB's format, `de` or `de-DE`. Returns undefined for unknown languages and regions and
 * for variants and extensions, because each tag creates separate cache keys. TMDB does not support scripts: a tag with one gets
 * the region where the script is most used, for example `zh-TW` for `zh-Hant`.
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
