const regions = new Intl.DisplayNames('en', { type: 'region' });
const languages = new Intl.DisplayNames('en', { type: 'language' });

export const regionName = (code) => regions.of(code);
export const languageName = (code) => languages.of(code);
