import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { startApi, type TestApi } from '../fixtures/api.js';
import { makeKey } from '../fixtures/api-keys.js';
import { chromiumPath, launchChromium } from '../fixtures/browser.js';
import { ConsolePage } from '../fixtures/console-page.js';
import { TestRedisServer } from '../fixtures/redis-server.js';
import { until } from '../fixtures/until.js';

describe('Console page', () => {
  let redis: TestRedisServer;
  let api: TestApi;

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    api = await startApi({ REDIS_URL: redis.url });
  });
  afterAll(async () => {
    await api.close();
    await redis.stop();
  });

  it('serves the page and its assets under a strict content security policy, and no other files', async () => {
    const page = await fetch(api.url);
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).not.toContain('unsafe');
    const html = await page.text();
    const files = [...html.matchAll(/(?:src|href)="(\/console\/[^"]+)"/g)].map(([, file]) => file as string);
    expect(files).toHaveLength(5);
    for (const file of files) expect([file, (await fetch(api.url + file)).status]).toEqual([file, 200]);
    for (const file of ['none.js', '..%2f..%2fpackage.json', 'index.html'])
      expect([file, (await fetch(`${api.url}/console/${file}`)).status]).toEqual([file, 404]);
  });
});

const inChromium = chromiumPath ? describe : describe.skip;

inChromium('Console in Chromium', () => {
  let redis: TestRedisServer;
  let browser: Browser;
  let api: TestApi;
  let console: ConsolePage;
  let page: Page;
  let folder: string;

  const open = async (
    variables: Record<string, string> = {},
    context: Parameters<Browser['newPage']>[0] = {},
    path = '/',
  ): Promise<void> => {
    api = await startApi({ REDIS_URL: redis.url, ...variables });
    console = await ConsolePage.open(browser, api, context, path);
    page = console.page;
  };
  const shows = (selector: string, pattern: RegExp): Promise<unknown> => console.shows(selector, pattern);

  beforeAll(async () => {
    redis = await TestRedisServer.start();
    browser = await launchChromium();
    folder = mkdtempSync(join(tmpdir(), 'marquee-console-'));
  });
  beforeEach(() => redis.redis.flushall());
  afterEach(async () => {
    await console.close();
    await api.close();
  });
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await browser.close();
    await redis.stop();
  });

  it('demonstrates every feature without requests to other hosts', async () => {
    await open({ MAX_REQUESTS_PER_WINDOW: '100' }, {}, '/#try');
    await shows('#status', /Serving · prod · .* · Redis healthy/);
    await page.click('text=Compare');
    await shows('#embeddings-result', /Similarity 0\.\d{3}[^]*512 dimensions[^]*fwd=miss/);
    await page.click('text=Compare');
    await shows('#embeddings-result', /marquee; hit/);
    await page.fill('#query', 'comedies of the 90s');
    await page.click('button:text-is("Understand")');
    await shows('#understanding-result', /Genres\s+Comedy\s+Years\s+1990 to 1999/);
    await page.click('#graph-details summary');
    await until('the graph to be drawn', async () => (await page.locator('#graph rect').count()) > 15);
    await shows('#trending-list', /\(\d{4}\)/);
    await page.locator('#trending-list button').first().click();
    await shows('#movie-result', /Released/);
    await page.fill('#movie-id', '7');
    await page.click('button:text-is("Show")');
    await shows('#movie-result', /no.*movie/i);
    await page.fill('#chunk', 'a chunk <b>not parsed as HTML</b>');
    await page.click('button:text-is("Append")');
    await shows('#session-events', /a chunk <b>not parsed as HTML<\/b>/);
    await page.click('text=Complete');
    await shows('#session-events', /transcript_completed/);
    await page.click('text=Use up the quota');
    await shows('#limits-result', /\d+ allowed, then: The limit "default"[^]*Retry-After/);
    await page.click('text=Reset my quota');
    await shows('#limits-status', /default: (99|100) of 100 left/);
    expect(console.errors).toEqual([]);
  });

  it('updates the charts and reports a Redis outage', async () => {
    await open({}, {}, '/#operate');
    await shows('figure:has-text("Requests per second")', /all \d/);
    await shows('figure:has-text("Redis memory")', /used \d/);
    expect(await page.locator('canvas').count()).toBe(9);
    redis.freeze();
    await shows('#status', /Serving without Redis · Redis "cache" is unavailable \(breaker/);
    redis.thaw();
    await shows('#status', /Redis healthy/);
    expect(console.errors).toEqual([]);
  });

  it.each([
    ['light', 1280],
    ['dark', 375],
  ] as const)(
    'passes axe on the Try and Operate tabs in the %s theme at %d px and does not scroll horizontally',
    async (colorScheme, width) => {
      await open({}, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true }, '/#try');
      await page.click('text=Compare');
      await page.click('button:text-is("Understand")');
      await page.click('#graph-details summary');
      await shows('#embeddings-result', /Similarity/);
      await shows('#trending-list', /\(\d{4}\)/);
      expect(await console.violations()).toEqual([]);
      expect(await console.scrollsHorizontally()).toBe(false);
      await page.click('#tab-operate');
      await shows('figure:has-text("Redis memory")', /used \d/);
      expect(await console.violations()).toEqual([]);
      expect(await console.scrollsHorizontally()).toBe(false);
    },
  );

  it('can be operated with the keyboard', async () => {
    await open();
    await shows('#status', /Redis healthy/);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the content');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).toBe('content');
    await page.focus('#tab-search');
    await page.keyboard.press('ArrowRight');
    expect(await page.evaluate('document.activeElement.id')).toBe('tab-try');
    expect(await page.locator('#try').isVisible()).toBe(true);
    expect(await page.locator('[role=tab][tabindex="0"]').count()).toBe(1);
    await page.focus('#text-a');
    await page.keyboard.press('Enter');
    await shows('#embeddings-result', /Similarity/);
  });

  it('opens the tab that the address names and follows the back button', async () => {
    await open({}, {}, '/#operate');
    await shows('[role=tab][aria-selected=true]', /Operate/);
    await page.click('#tab-try');
    expect(new URL(page.url()).hash).toBe('#try');
    await page.goBack();
    await shows('[role=tab][aria-selected=true]', /Operate/);
    expect(await page.locator('[role=tabpanel]:visible').getAttribute('id')).toBe('operate');
    expect(console.errors).toEqual([]);
  });

  it('asks for an API key when keys are configured and accepts only an administrator’s', async () => {
    const [app, operator] = [makeKey('acme'), makeKey('acme', ['admin'])];
    const file = join(folder, 'keys.json');
    writeFileSync(file, JSON.stringify([app.entry, operator.entry]));
    await open({ API_KEYS_FILE: file });
    const signIn = async (key: string): Promise<void> => {
      await page.fill('#key', key);
      await page.click('button:text-is("Sign in")');
    };
    await page.waitForSelector('#sign-in:not([hidden])');
    expect(await page.locator('#console').isVisible()).toBe(false);
    await signIn('mq_wrong');
    await shows('#sign-in-error', /not valid/);
    await signIn(app.key);
    await shows('#sign-in-error', /admin/);
    await signIn(operator.key);
    await shows('#status', /Redis healthy/);
    await page.click('#tab-try');
    await page.click('text=Compare');
    await shows('#embeddings-result', /Similarity/);
    expect(await page.content()).not.toContain(operator.key);
    expect(console.errors).toEqual([]);
  });
});
