import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { json, type RunningService, ScriptedProvider, startService, until } from '../service/running-service.ts';
import { scratch } from './child-service.ts';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

describe.skipIf(!existsSync(CHROMIUM))('the live page', () => {
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let running: RunningService;
  const failures: string[] = [];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: ARGS });
  });
  afterAll(() => browser.close());

  beforeEach(async () => {
    failures.length = 0;
    context = await browser.newContext();
    page = await context.newPage();
    page.on('pageerror', (error) => failures.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') failures.push(message.text());
    });
  });
  afterEach(async () => {
    await context.close();
    await running.service.drain();
  });

  const shown = (stat: string): Promise<string | null> => page.textContent(`[data-stat="${stat}"]`);
  const state = (): Promise<string | null> => page.getAttribute('#connection', 'data-state');

  test('shows the numbers that /v1/stats tells', async () => {
    running = await startService({}, new ScriptedProvider());
    await running.ask('/v1/quotes?symbols=AAPL,MSFT');
    for (let at = 0; at < 6; at += 1) await running.ask('/v1/quotes?symbols=AAPL');
    await page.goto(running.url);
    await until(async () => (await shown('requests')) === '8', 'the page had the numbers');
    const { body: stats } = await running.ask('/v1/stats');
    expect(await shown('hitRatio')).toBe(`${(stats.hitRatio * 100).toFixed(1)} %`);
    expect(await shown('loadsSaved')).toBe(String(stats.loadsSaved));
    expect(await shown('provider.calls')).toBe(String(stats.provider.calls));
    expect(await shown('memory.entries')).toBe(String(stats.memory.entries));
    expect(await shown('errors')).toBe('0');
    const [quote = []] = await page.$$eval('#kinds tr', (rows) =>
      rows.map((row) => [...row.querySelectorAll('td')].map((cell) => cell.textContent)),
    );
    const { requests, hits, stale, misses, errors, loads } = stats.kinds[0];
    expect(quote.slice(0, 8)).toEqual(['quote', '75.0 %', ...[requests, hits, stale, misses, errors, loads].map(String)]);
    expect(await page.$$eval('#hottest li', (items) => items.map((item) => item.textContent))).toEqual(['quote:AAPL7', 'quote:MSFT1']);
    expect(await state()).toBe('live');
    expect(failures).toEqual([]);
  });

  test('shows how the cache is and why, its tiers, and whether it is in step with others', async () => {
    const folder = scratch();
    running = await startService({ cache: { store: folder.path } }, new ScriptedProvider());
    await page.goto(running.url);
    const texts = (selector: string): Promise<(string | null)[]> => page.$$eval(selector, (items) => items.map((item) => item.textContent));
    await until(async () => (await page.textContent('#health')) === 'suspect', 'it was not in step yet');
    expect(await texts('#reasons li')).toEqual([expect.stringMatching(/^bus "lmdb": /)]);
    await until(async () => (await page.textContent('#health')) === 'ok', 'it was in step');
    expect(await page.isVisible('#reasons')).toBe(false);
    expect((await texts('#tiers li')).slice(1)).toEqual(['lmdbup0 of 0 found · 0 written']);
    expect((await texts('#bus li'))[0]).toMatch(/^lmdblive(no other service) · lag \d/);
    expect(failures).toEqual([]);
    await running.service.drain();
    folder.remove();
    running = await startService({}, new ScriptedProvider());
    await page.goto(running.url);
    await until(async () => (await texts('#bus li'))[0]?.startsWith('No bus') === true, 'there was no bus');
    expect(await page.textContent('#health')).toBe('ok');
  });

  test('shows how full memory is, why entries left, and the last that did, as long as it is seen', async () => {
    running = await startService({ cache: { memory: { maxEntries: 4, policy: 'lru' } } }, new ScriptedProvider());
    const key = '<b>bold</b>';
    for (const name of [key, 'K1', 'K2', 'K3', 'K4']) {
      await running.ask(`/v1/entries/signal/${encodeURIComponent(name)}`, json('PUT', { value: 1 }));
    }
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(running.url);
    const texts = (selector: string): Promise<(string | null)[]> => page.$$eval(selector, (items) => items.map((item) => item.textContent));
    await until(async () => (await texts('#evictions li')).length === 1, 'the evictions were shown');
    expect((await texts('#evictions li'))[0]).toMatch(/^signal:<b>bold<\/b>not used for longest · too many entries\S+ m?s ago$/);
    expect(await texts('#memory li')).toEqual([
      'entries4 of 4',
      expect.stringMatching(/^bytes\d+ B of 256 MB$/),
      'policylru',
      'left1 not used for longest',
    ]);
    await page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden' })");
    const before = asked.filter((path) => path === '/v1/memory').length;
    expect(before).toBeLessThanOrEqual(2);
    await page.waitForTimeout(3_500);
    expect(asked.filter((path) => path === '/v1/memory')).toHaveLength(before);
    expect(failures).toEqual([]);
  });

  test('follows what happens', async () => {
    running = await startService({}, new ScriptedProvider());
    await page.goto(running.url);
    await until(async () => (await shown('requests')) === '0', 'the page was there');
    await running.ask('/v1/quotes?symbols=AAPL');
    await until(async () => (await shown('requests')) === '1', 'the page had heard of it');
    await until(async () => ((await page.getAttribute('#line-requests path:not(.area)', 'd')) ?? '') !== '', 'a line was drawn');
    expect(failures).toEqual([]);
  });

  test('shows a key as text, whatever it holds', async () => {
    running = await startService({}, new ScriptedProvider());
    const key = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const path = `/v1/entries/signal/${encodeURIComponent(key)}`;
    await running.ask(path, json('PUT', { value: 1 }));
    await running.ask(path);
    await page.goto(running.url);
    await until(async () => (await page.textContent('#hottest .key')) === `signal:${key}`, 'the key was shown');
    expect(await page.title()).toBe('Tiercel');
    expect(await page.$$('#hottest img, #hottest script')).toEqual([]);
    expect(failures).toEqual([]);
  });

  test('says when the connection is lost, and is live again when the service is back', async () => {
    running = await startService({}, new ScriptedProvider());
    const { port } = new URL(running.url);
    await page.goto(running.url);
    await until(async () => (await state()) === 'live', 'the page was live');
    await running.service.drain();
    await until(async () => (await state()) === 'lost', 'the page said so');
    expect(await page.textContent('#connection')).toContain('connection lost');
    running = await startService({ server: { port: Number(port) } }, new ScriptedProvider());
    await until(async () => (await state()) === 'live', 'the page was live again');
  });

  test('asks for the token when the service wants one, and keeps it nowhere', async () => {
    const token = 'a-token-of-24-characters';
    running = await startService({ server: { token } }, new ScriptedProvider());
    await page.goto(running.url);
    await page.waitForSelector('#ask-token:not([hidden])');
    expect(await page.isVisible('#board')).toBe(false);
    await page.fill('#token', 'not-the-token-at-all');
    await page.click('#ask-token button');
    await until(async () => (await page.textContent('#token-refused')) === 'The service refused this token', 'it was refused');
    await page.fill('#token', token);
    await page.click('#ask-token button');
    await until(async () => (await state()) === 'live', 'the page was live');
    expect(await page.isVisible('#ask-token')).toBe(false);
    expect(await page.evaluate('localStorage.length + sessionStorage.length + document.cookie.length')).toBe(0);
  });

  test('can be read on a phone: nothing is wider than the screen', async () => {
    running = await startService({}, new ScriptedProvider());
    await running.ask('/v1/quotes?symbols=AAPL,MSFT');
    running.assembly.cache.memory.resize({ maxEntries: 1 });
    await page.setViewportSize({ width: 360, height: 740 });
    await page.goto(running.url);
    await until(async () => (await shown('requests')) === '2', 'the page had the numbers');
    await page.waitForSelector('#evictions .key');
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
  });
});
