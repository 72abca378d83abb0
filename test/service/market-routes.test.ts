import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type RunningService, ScriptedProvider, startService } from './running-service.ts';

describe('GET /v1/quotes', () => {
  let provider: ScriptedProvider;
  let running: RunningService;

  beforeEach(async () => {
    provider = new ScriptedProvider();
    running = await startService({}, provider);
  });
  afterEach(() => running.service.drain());

  test('answers with the quotes of symbols, each with how fresh it is', async () => {
    const { status, body, headers } = await running.ask('/v1/quotes?symbols=AAPL,MSFT');
    expect(status).toBe(200);
    expect(body.errors).toEqual({});
    expect(body.quotes['AAPL']).toMatchObject({
      symbol: 'AAPL',
      price: 100,
      asOf: 1,
      source: 'scripted',
      outcome: 'miss',
      age: expect.any(Number),
    });
    expect(headers.get('cache-status')).toMatch(/^tiercel; fwd=miss; stored; ttl=\d$/);
    expect(headers.get('age')).toBe('0');
    expect(headers.get('cache-control')).toMatch(/^private, max-age=[45]$/);
  });

  test('asks the provider once for all that is missing, and not again while it is fresh', async () => {
    await running.ask('/v1/quotes?symbols=AAPL');
    const mixed = await running.ask('/v1/quotes?symbols=AAPL,MSFT');
    expect(mixed.headers.get('cache-status')).toMatch(/^tiercel; fwd=partial; stored; ttl=\d; detail="1 hit, 1 miss"$/);
    const again = await running.ask('/v1/quotes?symbols=MSFT,AAPL');
    expect(again.headers.get('cache-status')).toMatch(/^tiercel; hit; ttl=\d$/);
    expect(again.body.quotes['AAPL'].outcome).toBe('hit');
    expect(provider.calls).toEqual([['AAPL'], ['MSFT']]);
  });

  test('takes a symbol in any case, and once however often it is asked for', async () => {
    const { body } = await running.ask('/v1/quotes?symbols=aapl,AAPL,%20Aapl');
    expect(Object.keys(body.quotes)).toEqual(['AAPL']);
    expect(provider.calls).toEqual([['AAPL']]);
  });

  test('tells for each symbol alone why it has no quote', async () => {
    const { status, body } = await running.ask('/v1/quotes?symbols=AAPL,AAPK');
    expect(status).toBe(200);
    expect(Object.keys(body.quotes)).toEqual(['AAPL']);
    expect(body.errors).toEqual({
      AAPK: { code: 'ERR_UNKNOWN_SYMBOL', detail: 'The provider "scripted" has no symbol "AAPK"; did you mean "AAPL"?' },
    });
  });

  test('is 404 when no symbol is known', async () => {
    const { status, body, headers } = await running.ask('/v1/quotes?symbols=NONE,NADA');
    expect(status).toBe(404);
    expect(headers.get('content-type')).toMatch(/^application\/problem\+json/);
    expect(body).toMatchObject({ code: 'ERR_UNKNOWN_SYMBOL', status: 404, title: 'Not Found' });
  });

  test('is 502 when the provider fails and nothing can stand in', async () => {
    provider.before = async () => Promise.reject(new Error('the feed is down'));
    const { status, body } = await running.ask('/v1/quotes?symbols=AAPL');
    expect(status).toBe(502);
    expect(body).toMatchObject({ code: 'ERR_LOAD', detail: expect.stringContaining('the feed is down') });
    expect(running.reports).toEqual([]);
  });

  test('lets a stale quote stand in when the provider fails, and says so', async () => {
    await running.service.drain();
    running = await startService({ kinds: { quote: { ttl: 1, grace: '1m' } } }, provider);
    await running.ask('/v1/quotes?symbols=AAPL');
    provider.before = async () => Promise.reject(new Error('the feed is down'));
    const { status, body, headers } = await running.ask('/v1/quotes?symbols=AAPL');
    expect(status).toBe(200);
    expect(body.quotes['AAPL']).toMatchObject({ price: 100, outcome: 'stale' });
    expect(headers.get('cache-status')).toMatch(/^tiercel; hit; ttl=-\d+$/);
  });

  test('never lets an older quote replace a newer one', async () => {
    await running.service.drain();
    running = await startService({ kinds: { quote: { ttl: 1, grace: '1m' } } }, provider);
    provider.asOf = 1_000;
    await running.ask('/v1/quotes?symbols=AAPL');
    provider.asOf = 999;
    provider.prices['AAPL'] = 1;
    const { body } = await running.ask('/v1/quotes?symbols=AAPL');
    expect(body.quotes['AAPL']).toMatchObject({ price: 100, asOf: 1_000 });
  });

  const crowd = Array.from({ length: 501 }, (_, at) => `S${at}`).join(',');
  test.each([
    ['/v1/quotes', 'symbols'],
    ['/v1/quotes?symbols=', 'symbols'],
    ['/v1/quotes?symbols=,', '?symbols=AAPL,BTC-USD'],
    ['/v1/quotes?symbols=A%20B', 'is no symbol'],
    ['/v1/quotes?symbols=%3Cscript%3E', 'is no symbol'],
    ['/v1/quotes?symbols=AAPL&simbols=x', 'additional'],
    [`/v1/quotes?symbols=${crowd}`, 'ask for 500 at most'],
  ])('refuses %.40s', async (path, says) => {
    const { status, body } = await running.ask(path);
    expect(status).toBe(400);
    expect(body.detail).toContain(says);
    expect(provider.calls).toEqual([]);
  });

  test('goes to the provider each time, when the cache is switched off', async () => {
    await running.service.drain();
    running = await startService({ cache: { enabled: false } }, provider);
    await running.ask('/v1/quotes?symbols=AAPL');
    const { body, headers } = await running.ask('/v1/quotes?symbols=AAPL,NONE');
    expect(provider.calls).toHaveLength(2);
    expect(body.quotes['AAPL'].outcome).toBe('bypass');
    expect(body.errors['NONE'].code).toBe('ERR_UNKNOWN_SYMBOL');
    expect(headers.get('cache-status')).toBe('tiercel; fwd=bypass');
    expect((await running.ask('/v1/bars/AAPL')).body).toMatchObject({ outcome: 'bypass', bars: [{ startAt: 0 }] });
    provider.before = async () => Promise.reject(new Error('the feed is down'));
    expect((await running.ask('/v1/quotes?symbols=AAPL')).status).toBe(502);
  });
});

describe('GET /v1/bars and GET /v1/symbols, over recorded data', () => {
  let running: RunningService;

  beforeEach(async () => {
    running = await startService();
  });
  afterEach(() => running.service.drain());

  test('answers with the recorded bars of a range of dates, both ends in it', async () => {
    const { status, body, headers } = await running.ask('/v1/bars/aapl?interval=1d&from=2014-06-05&to=2014-06-09');
    expect(status).toBe(200);
    expect(body).toMatchObject({ symbol: 'AAPL', interval: '1d', source: 'replay', isTruncated: false, outcome: 'miss' });
    expect(body.bars.map((bar: { close: number }) => bar.close)).toEqual([92.4786, 92.2243, 93.7]);
    expect(headers.get('cache-status')).toContain('fwd=miss');
    const again = await running.ask('/v1/bars/AAPL?interval=1d&from=2014-06-05T00:00:00Z&to=1402358400000');
    expect(again.body).toMatchObject({ outcome: 'hit', bars: body.bars });
  });

  test('tells the last bars of a range that has more, and that there are more', async () => {
    const { body } = await running.ask('/v1/bars/AAPL?limit=2');
    expect(body.isTruncated).toBe(true);
    expect(body.bars.map((bar: { startAt: number }) => new Date(bar.startAt).toISOString().slice(0, 10))).toEqual([
      '2017-08-31',
      '2017-09-01',
    ]);
    expect((await running.ask('/v1/bars/AAPL?from=2017-09-01&limit=1')).body).toMatchObject({
      isTruncated: false,
      bars: [{ close: 164.05 }],
    });
  });

  test('has no bars outside of what was recorded, and says so with none', async () => {
    expect((await running.ask('/v1/bars/AAPL?from=2030-01-01')).body).toMatchObject({ bars: [], isTruncated: false });
  });

  test.each([
    ['/v1/bars/NOPE', 404, 'ERR_UNKNOWN_SYMBOL'],
    ['/v1/bars/MSFT?interval=1m', 404, 'ERR_UNKNOWN_INTERVAL'],
    ['/v1/bars/AAPL?interval=7m', 400, 'ERR_REQUEST'],
    ['/v1/bars/AAPL?from=yesterday', 400, 'ERR_REQUEST'],
    ['/v1/bars/AAPL?from=2014-13-45', 400, 'ERR_REQUEST'],
    ['/v1/bars/AAPL?from=2015-01-01&to=2014-01-01', 400, 'ERR_REQUEST'],
    ['/v1/bars/AAPL?limit=0', 400, 'ERR_REQUEST'],
    ['/v1/bars/AAPL?limit=many', 400, 'ERR_REQUEST'],
    ['/v1/bars/%00', 400, 'ERR_KEY'],
  ])('refuses %s', async (path, status, code) => {
    const { status: told, body } = await running.ask(path);
    expect({ status: told, code: body.code }).toEqual({ status, code });
  });

  test('lists the symbols there are, and the intervals of their bars', async () => {
    const { body } = await running.ask('/v1/symbols');
    expect(body.symbols.length).toBeGreaterThanOrEqual(50);
    expect(body.symbols).toContainEqual({ symbol: 'MSFT', intervals: ['1d'] });
  });
});
