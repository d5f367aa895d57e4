import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startApi, type TestApi } from '../fixtures/api.js';
import { chromiumPath, launchChromium } from '../fixtures/browser.js';
import { ConsolePage } from '../fixtures/console-page.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

/** Runs in the page and returns the contrast between each poster's text and each of its colors (WCAG 2). */
const posterContrasts = `
  (() => {
    const context = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
    const luminance = (color) => {
      context.fillStyle = color;
      context.fillRect(0, 0, 1, 1);
      const [r, g, b] = [...context.getImageData(0, 0, 1, 1).data].map((value) =>
        value <= 10 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4,
      );
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    return [...document.querySelectorAll('.poster')].flatMap((poster) => {
      const { color, backgroundColor } = getComputedStyle(poster);
      const shades = [...poster.querySelectorAll('svg > *')].map((shape) => {
        const { fill, stroke } = getComputedStyle(shape);
        return fill === 'none' ? stroke : fill;
      });
      const ink = luminance(color);
      return [backgroundColor, ...shades].map((shade) => (ink + 0.05) / (luminance(shade) + 0.05));
    });
  })()
`;

const inChromium = chromiumPath ? describe : describe.skip;

inChromium('Search in the console', () => {
  let redis: TestRedisServer;
  let browser: Browser;
  let api: TestApi;
  let console: ConsolePage;
  let page: Page;

  const open = async (
    path: string,
    context: Parameters<Browser['newPage']>[0] = {},
    server: TestApi = api,
  ): Promise<void> => {
    console = await ConsolePage.open(browser, server, context, path);
    page = console.page;
  };
  const shows = (selector: string, pattern: RegExp): Promise<unknown> => console.shows(selector, pattern);
  const cards = (): Promise<string[]> => page.locator('#search-results h3').allInnerTexts();
  const search = async (query: string): Promise<void> => {
    await page.fill('#search-query', query);
    await page.keyboard.press('Enter');
    await shows('#search-status', /\d movies?/);
  };
  const showsTrending = (): Promise<unknown> =>
    until('12 trending movies', async () => (await cards()).length === 12);
  const focused = (): Promise<string> => page.evaluate('document.activeElement.textContent');

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    browser = await launchChromium();
    api = await startApi({ REDIS_URL: redis.url });
    // Waits for the index.
    await api.post('/v1/search', { query: 'anything' });
  });
  afterEach(() => console.close());
  afterAll(async () => {
    await browser.close();
    await api.close();
    await redis.stop();
  });

  it('shows trending movies, then movies for typed words with reasons, facts and stages', async () => {
    await open('/');
    await showsTrending();
    await search('heist movies from the 90s with Robert De Niro');
    expect(await cards()).toContain('Heat');
    await shows('.movie:has(h3:text-is("Heat"))', /Robert De Niro as Neil McCauley[^]*theme: heist/);
    await shows('#search-facts', /with Robert De Niro[^]*heist[^]*1990 to 1999/);
    await shows('#answer-picture', /Cache: Miss[^]*retrieve\s+[\d.]+ ms/);
    expect(new URL(page.url()).searchParams.get('q')).toBe('heist movies from the 90s with Robert De Niro');
    await page.click('.movie:has(h3:text-is("Heat")) summary');
    await shows(
      '.movie:has(h3:text-is("Heat")) details',
      /Robert De Niro[^]*Score \d\.\d\d, similarity 0\.\d\d/,
    );
    expect(await page.innerText('main')).not.toContain('false');
    await page.reload();
    await shows('#answer-picture', /Cache: Hit[^]*retrieve\s+not needed: cached/);
    expect(console.errors).toEqual([]);
  });

  it('removes a fact by searching for the query without its words', async () => {
    await open('/?q=heist+movies+from+the+90s+with+Robert+De+Niro');
    await page.click('button:has-text("Remove years 1990 to 1999")');
    await shows('#results-title', /“heist movies with Robert De Niro”/);
    await until(
      'the years to be gone',
      async () => !(await page.innerText('#search-facts')).includes('1990'),
    );
    await page.goBack();
    await shows('#search-facts', /1990 to 1999/);
    expect(await page.inputValue('#search-query')).toBe('heist movies from the 90s with Robert De Niro');
  });

  it('completes a title with the keyboard', async () => {
    await open('/');
    await page.locator('#search-query').pressSequentially('lord of the');
    await shows('#suggestions', /The Lord of the Rings/);
    expect(await page.getAttribute('#search-query', 'aria-expanded')).toBe('true');
    await page.keyboard.press('Escape');
    expect(await page.locator('#suggestions').isVisible()).toBe(false);
    await page.locator('#search-query').pressSequentially(' ri');
    await shows('#suggestions', /The Lord of the Rings/);
    await page.keyboard.press('ArrowDown');
    const option = page.locator('[role=option][aria-selected=true]');
    expect(await page.getAttribute('#search-query', 'aria-activedescendant')).toBe(
      await option.getAttribute('id'),
    );
    const title = await option.locator('span').first().innerText();
    await page.keyboard.press('Enter');
    await until('the title to be found', async () => (await cards())[0] === title);
    expect(await page.locator('#suggestions').isVisible()).toBe(false);
  });

  it('sends one request for suggestions of words typed in one go', async () => {
    await open('/');
    const prefixes: string[] = [];
    page.on('request', (request) => {
      const { pathname, searchParams } = new URL(request.url());
      if (pathname === '/v1/search/suggestions') prefixes.push(searchParams.get('prefix') ?? '');
    });
    await page.locator('#search-query').pressSequentially('alien', { delay: 10 });
    await shows('#suggestions', /Alien/);
    expect(prefixes).toEqual(['alien']);
  });

  it('filters by facets, and keeps the filter in the address', async () => {
    await open('/?q=heist+movies');
    await page.click('.toggle:has-text("Comedy")');
    await until('the filter to be pressed', () =>
      page.isVisible('.toggle[aria-pressed=true]:has-text("Comedy")'),
    );
    await until('only comedies to be shown', async () => {
      const genres = await page.locator('.movie-body > .hint').allInnerTexts();
      return genres.length > 0 && genres.every((each) => each.includes('Comedy'));
    });
    expect(new URL(page.url()).searchParams.get('genres')).toBe('Comedy');
    expect(await focused()).toMatch(/^Comedy/);
    await page.click('#clear-filters');
    await until('other genres', async () =>
      (await page.locator('.movie-body > .hint').allInnerTexts()).some((each) => !each.includes('Comedy')),
    );
  });

  it('loads more, leaves out a movie and brings it back', async () => {
    await open('/?q=heist+movies');
    await shows('#search-status', /\d movies/);
    const first = await cards();
    await page.click('#load-more');
    await until('more cards', async () => (await cards()).length > first.length);
    const all = await cards();
    const ids = await page
      .locator('.movie')
      .evaluateAll((movies) => movies.map((movie) => movie.getAttribute('data-id')));
    expect(new Set(ids).size).toBe(all.length);
    expect(await focused()).toBe(all[first.length]);
    await page.locator('button:text-is("Not this one")').first().click();
    await until('the movie to be gone', async () => !(await cards()).includes(all[0] as string));
    await until('the next movie to be focused', async () => (await focused()) === all[1]);
    await page.click(`button:has-text("Remove hidden ${all[0]}")`);
    await until('the movie to be back', async () => (await cards())[0] === all[0]);
    expect(console.errors).toEqual([]);
  });

  it('shows similar movies and returns with the back button', async () => {
    await open('/?q=alien');
    await shows('#search-status', /\d movies?/);
    await page.locator('.movie:has(h3:text-is("Alien")) button:text-is("More like this")').click();
    await shows('#results-title', /Movies like Alien/);
    await until('other movies', async () => (await cards()).length > 5 && !(await cards()).includes('Alien'));
    await page.goBack();
    await until('the words to be back', async () => (await cards()).includes('Alien'));
    expect(await page.inputValue('#search-query')).toBe('alien');
  });

  it('says that nothing was found, and offers examples', async () => {
    await open('/?q=qwrtzpsdf+xkcdvbnm');
    await shows('#search-notices', /No movie matches/);
    await shows('#search-status', /^0 movies$/);
    await page.click('#search-notices >> text=the godfater');
    await until('the example to be found', async () => (await cards())[0] === 'The Godfather');
  });

  it('shows when the rate limit admits the next search, and then searches again', async () => {
    // The trending movies cost 2, and the search costs 3.
    const limitedRedis = await TestRedisServer.start();
    const limited = await startApi({
      REDIS_URL: limitedRedis.url,
      MAX_REQUESTS_PER_WINDOW: '4',
      RATE_LIMIT_WINDOW: '10',
    });
    await open('/', {}, limited);
    await showsTrending();
    await page.fill('#search-query', 'alien');
    await page.keyboard.press('Enter');
    await shows(
      '#search-notices',
      /That was a lot of searches[^]*The rate limit admits the next one in \d+ s/,
    );
    await until('the answer to arrive', async () => (await cards()).includes('Alien'), 30_000);
    await limited.close();
    await limitedRedis.stop();
  });

  it.each([
    ['light', 1280],
    ['dark', 375],
  ] as const)(
    'passes axe in the %s theme at %d px and does not scroll horizontally',
    async (colorScheme, width) => {
      await open('/?q=dark+thrillers+since+2000+under+two+hours', {
        colorScheme,
        viewport: { width, height: 800 },
        bypassCSP: true,
      });
      await shows('#search-status', /\d movies?/);
      for (const summary of await page.locator('#search summary:visible').all())
        if (!(await summary.evaluate((each) => each.parentElement?.hasAttribute('open'))))
          await summary.click();
      await page.locator('#search-query').pressSequentially(' alien');
      expect(await console.violations()).toEqual([]);
      expect(await console.scrollsHorizontally()).toBe(false);
      await page.fill('#search-query', 'alie');
      await shows('#suggestions', /Alien/);
      await page.keyboard.press('ArrowDown');
      expect(await console.violations()).toEqual([]);
    },
  );

  it('draws the same poster for a title, with a contrast of at least 4.5 between its text and each shade', async () => {
    await open('/?q=heist+movies');
    await shows('#search-status', /\d movies/);
    const hues = (): Promise<unknown> =>
      page.locator('.poster').evaluateAll((posters) => posters.map((each) => each.getAttribute('style')));
    const before = await hues();
    const contrasts = await page.evaluate<number[]>(posterContrasts);
    expect(contrasts.length).toBeGreaterThan(50);
    expect(Math.min(...contrasts)).toBeGreaterThan(4.5);
    await page.reload();
    await shows('#search-status', /\d movies/);
    expect(await hues()).toEqual(before);
  });
});
