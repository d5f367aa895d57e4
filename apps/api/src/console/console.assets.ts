import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A static file of the console. */
export interface ConsoleAsset {
  readonly type: string;
  readonly content: Buffer;
}

const [html, css, js] = ['text/html', 'text/css', 'text/javascript'].map(
  (type) => `${type}; charset=utf-8`,
) as [string, string, string];
// Based on an asset's URL, because the bundler replaces a bare `import.meta.url` with the build folder's path.
const require = createRequire(new URL('./assets/index.html', import.meta.url));
const asset = (type: string, file: URL | string): ConsoleAsset => ({ type, content: readFileSync(file) });

/** The console's page, read once at startup. Each URL is written out in full so that the bundler finds it. */
export const consolePage = asset(html, new URL('./assets/index.html', import.meta.url));

/** The files that the page loads, by name. None comes from another host. */
export const consoleAssets: ReadonlyMap<string, ConsoleAsset> = new Map([
  ['console.css', asset(css, new URL('./assets/console.css', import.meta.url))],
  ['movies.css', asset(css, new URL('./assets/movies.css', import.meta.url))],
  ['search.css', asset(css, new URL('./assets/search.css', import.meta.url))],
  ['answer-picture.js', asset(js, new URL('./assets/answer-picture.js', import.meta.url))],
  ['api.js', asset(js, new URL('./assets/api.js', import.meta.url))],
  ['charts.js', asset(js, new URL('./assets/charts.js', import.meta.url))],
  ['dom.js', asset(js, new URL('./assets/dom.js', import.meta.url))],
  ['facets.js', asset(js, new URL('./assets/facets.js', import.meta.url))],
  ['facts.js', asset(js, new URL('./assets/facts.js', import.meta.url))],
  ['features.js', asset(js, new URL('./assets/features.js', import.meta.url))],
  ['graph.js', asset(js, new URL('./assets/graph.js', import.meta.url))],
  ['main.js', asset(js, new URL('./assets/main.js', import.meta.url))],
  ['metrics-panel.js', asset(js, new URL('./assets/metrics-panel.js', import.meta.url))],
  ['movie-card.js', asset(js, new URL('./assets/movie-card.js', import.meta.url))],
  ['names.js', asset(js, new URL('./assets/names.js', import.meta.url))],
  ['poster.js', asset(js, new URL('./assets/poster.js', import.meta.url))],
  ['poster-motifs.js', asset(js, new URL('./assets/poster-motifs.js', import.meta.url))],
  ['prometheus.js', asset(js, new URL('./assets/prometheus.js', import.meta.url))],
  ['query-words.js', asset(js, new URL('./assets/query-words.js', import.meta.url))],
  ['search-notices.js', asset(js, new URL('./assets/search-notices.js', import.meta.url))],
  ['search-page.js', asset(js, new URL('./assets/search-page.js', import.meta.url))],
  ['search-start.js', asset(js, new URL('./assets/search-start.js', import.meta.url))],
  ['search-state.js', asset(js, new URL('./assets/search-state.js', import.meta.url))],
  ['search-view.js', asset(js, new URL('./assets/search-view.js', import.meta.url))],
  ['suggestions.js', asset(js, new URL('./assets/suggestions.js', import.meta.url))],
  ['tabs.js', asset(js, new URL('./assets/tabs.js', import.meta.url))],
  ['uplot.js', asset(js, require.resolve('uplot/dist/uPlot.esm.js'))],
  ['uplot.css', asset(css, require.resolve('uplot/dist/uPlot.min.css'))],
]);
