// `npm run screenshot [-- http://127.0.0.1:3000]`: searches and tries every feature in the console of a running Marquee, and
// saves what Chromium shows to docs/images.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { findProgram, PrerequisiteError, root, run } from './prerequisites.mjs';

const defaultUrl = 'http://127.0.0.1:3000';
const folder = join(root, 'docs', 'images');
/** Long enough for the charts to show a curve. */
const trafficMs = 30_000;
const queries = [
  'heist movies from the 90s with Robert De Niro',
  'something funny and short for the kids',
  'dark thrillers since 2000, no horror',
];

const searchAddress = `/?q=${encodeURIComponent(queries[0])}`;
const desktop = { width: 1280, height: 900 };
/** The pictures of the search tab, by name. */
const searchViews = {
  'console-search': { colorScheme: 'light', viewport: desktop },
  'console-search-dark': { colorScheme: 'dark', viewport: desktop },
  'console-phone': { colorScheme: 'light', viewport: { width: 390, height: 844 } },
};

await run(async () => {
  const url = process.argv[2] ?? defaultUrl;
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  if (!executablePath) throw new PrerequisiteError('Install Chromium to take screenshots.');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: desktop });
    await page.goto(`${url}/#try`).catch((error) => {
      throw new PrerequisiteError(`Cannot open ${url}: ${error.message}\nStart Marquee first: npm start`);
    });
    mkdirSync(folder, { recursive: true });
    for (const [name, view] of Object.entries(searchViews)) await saveSearch(browser, url, name, view);
    await tryFeatures(page);
    await page.locator('#try').screenshot({ path: join(folder, 'console-try.png') });
    await sendTraffic(page);
    await page.click('#tab-operate');
    await page.locator('#operate').screenshot({ path: join(folder, 'console-metrics.png') });
    console.log(`Saved the screenshots to ${folder}`);
  } finally {
    await browser.close();
  }
});

async function saveSearch(browser, url, name, view) {
  const page = await browser.newPage(view);
  await page.goto(url + searchAddress);
  await page.waitForSelector('.movie h3');
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
}

async function tryFeatures(page) {
  await page.waitForSelector('#console:not([hidden])');
  await page.click('#embeddings-form button');
  await page.click('#understanding-form button');
  await page.locator('#trending-list button').first().click();
  await page.click('#session-form button:not([type=button])');
  for (const id of ['embeddings', 'understanding', 'movie', 'session'])
    await page.waitForSelector(`#${id}-result > *`);
}

/** Gives the charts something to show. The quota of the default rate limit covers these requests. */
async function sendTraffic(page) {
  const endMs = Date.now() + trafficMs;
  for (let index = 0; Date.now() < endMs; index++) {
    await page.evaluate(
      async ({ query, excluded }) => {
        // An excluded movie makes each search a new one.
        await fetch('/v1/search', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query, exclude: [excluded] }),
        });
        await fetch('/v1/movies?ids=1000000370,1000000371');
      },
      { query: queries[index % queries.length], excluded: index + 1 },
    );
    await delay(2_000);
  }
}
