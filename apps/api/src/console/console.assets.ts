import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A file of the console, as it is sent. */
export interface ConsoleAsset {
  readonly type: string;
  readonly content: Buffer;
}

const [html, css, js] = ['text/html', 'text/css', 'text/javascript'].map(
  (type) => `${type}; charset=utf-8`,
) as [string, string, string];
// From a file beside this one: the bundler would write the build folder's own path for `import.meta.url` alone.
const require = createRequire(new URL('./assets/index.html', import.meta.url));
const asset = (type: string, file: URL | string): ConsoleAsset => ({ type, content: readFileSync(file) });

/** Read once: the console is small, and asks for nothing from elsewhere. Each URL is spelled out for the bundler. */
export const consolePage = asset(html, new URL('./assets/index.html', import.meta.url));

export const consoleAssets: ReadonlyMap<string, ConsoleAsset> = new Map([
  ['console.css', asset(css, new URL('./assets/console.css', import.meta.url))],
  ['main.js', asset(js, new URL('./assets/main.js', import.meta.url))],
  ['api.js', asset(js, new URL('./assets/api.js', import.meta.url))],
  ['charts.js', asset(js, new URL('./assets/charts.js', import.meta.url))],
  ['dom.js', asset(js, new URL('./assets/dom.js', import.meta.url))],
  ['graph.js', asset(js, new URL('./assets/graph.js', import.meta.url))],
  ['metrics.js', asset(js, new URL('./assets/metrics.js', import.meta.url))],
  ['try.js', asset(js, new URL('./assets/try.js', import.meta.url))],
  ['watch.js', asset(js, new URL('./assets/watch.js', import.meta.url))],
  ['uplot.js', asset(js, require.resolve('uplot/dist/uPlot.esm.js'))],
  ['uplot.css', asset(css, require.resolve('uplot/dist/uPlot.min.css'))],
]);
