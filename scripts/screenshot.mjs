// `npm run screenshot [-- http://127.0.0.1:3000]`: tries every feature in the console of a running Marquee and saves what
// Chromium shows to docs/images.
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

await run(async () => {
  const url = process.argv[2] ?? defaultUrl;
  const executablePath = findProgram('chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable');
  if (!executablePath) throw new PrerequisiteError('Install Chromium to take screenshots.');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    await page.goto(url).catch((error) => {
      throw new PrerequisiteError(`Cannot open ${url}: ${error.message}\nStart Marquee first: npm start`);
    });
    await tryFeatures(page);
    await sendTraffic(page);
    mkdirSync(folder, { recursive: true });
    for (const section of ['metrics', 'try'])
      await page.locator(`#${section}`).screenshot({ path: join(folder, `console-${section}.png`) });
    console.log(`Saved the screenshots to ${folder}`);
  } finally {
    await browser.close();
  }
});

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
      async (query) => {
        await fetch('/v1/query-understanding', {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
        await fetch('/v1/movies?ids=1000000370,1000000371');
      },
      queries[index % queries.length],
    );
    await delay(1_000);
  }
}
