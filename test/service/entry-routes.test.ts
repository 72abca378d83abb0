import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, type RunningService, startService, until } from './running-service.ts';

describe('entries', () => {
  let running: RunningService;

  beforeAll(async () => {
    running = await startService({ kinds: { mood: { ttl: '1m' }, brief: { ttl: 1 }, waning: { ttl: 1, grace: '1m' } } });
  });
  afterAll(() => running.service.drain());

  test.each(['signal', 'analysis', 'portfolio', 'performance', 'mood'])('are put, got and deleted under the kind %s', async (kind) => {
    const value = { side: 'buy', list: [1, 2.5, null, 'é'], nested: { ok: true } };
    const put = await running.ask(`/v1/entries/${kind}/AAPL`, json('PUT', { value, tags: ['sym:AAPL'] }));
    expect(put).toMatchObject({ status: 200, body: { kind, key: 'AAPL', isStored: true } });

    const got = await running.ask(`/v1/entries/${kind}/AAPL`);
    expect(got).toMatchObject({ status: 200, body: { kind, key: 'AAPL', value, tags: ['sym:AAPL'], outcome: 'hit' } });
    expect(got.headers.get('cache-status')).toMatch(/^tiercel; hit; ttl=\d+$/);

    expect((await running.ask(`/v1/entries/${kind}/AAPL`, { method: 'DELETE' })).status).toBe(204);
    expect(await running.ask(`/v1/entries/${kind}/AAPL`)).toMatchObject({
      status: 404,
      body: { code: 'ERR_NO_ENTRY', detail: expect.stringContaining(`${kind}:AAPL`) },
    });
    expect((await running.ask(`/v1/entries/${kind}/AAPL`, { method: 'DELETE' })).status).toBe(204);
  });

  test.each([null, 0, false, '', [], {}])('keep %j as it is', async (value) => {
    await running.ask('/v1/entries/analysis/odd', json('PUT', { value }));
    expect((await running.ask('/v1/entries/analysis/odd')).body.value).toEqual(value);
  });

  test('take any key that can be written, escaped as in any URL', async () => {
    for (const key of ['a/b', 'a:b', 'ключ', '<img src=x onerror=alert(1)>', '?#%', 'k'.repeat(1_024)]) {
      const path = `/v1/entries/signal/${encodeURIComponent(key)}`;
      expect((await running.ask(path, json('PUT', { value: key }))).status).toBe(200);
      expect((await running.ask(path)).body).toMatchObject({ key, value: key });
    }
  });

  test('live as long as they are told to, and else as their kind', async () => {
    const left = async (body: object): Promise<number> => {
      await running.ask('/v1/entries/signal/timed', json('PUT', { value: 1, ...body }));
      return (await running.ask('/v1/entries/signal/timed')).body.staleAt - Date.now();
    };
    expect(await left({ ttl: '10m' })).toBeGreaterThan(590_000);
    expect(await left({ ttl: 30_000 })).toBeLessThanOrEqual(30_000);
    expect(await left({})).toBeGreaterThan(3_500_000);
  });

  test('are gone when their time is over, and stale while grace lasts', async () => {
    await running.ask('/v1/entries/brief/x', json('PUT', { value: 1 }));
    await running.ask('/v1/entries/waning/x', json('PUT', { value: 1 }));
    await until(async () => (await running.ask('/v1/entries/brief/x')).status === 404, 'its time was over');
    const stale = await running.ask('/v1/entries/waning/x');
    expect(stale).toMatchObject({ status: 200, body: { outcome: 'stale' } });
    expect(stale.headers.get('cache-status')).toMatch(/^tiercel; hit; ttl=(0|-\d+)$/);
  });

  test.each([
    ['GET', '/v1/entries/signals/x', undefined, 404, 'ERR_UNKNOWN_KIND', 'did you mean "signal"?'],
    ['PUT', '/v1/entries/nothing/x', { value: 1 }, 404, 'ERR_UNKNOWN_KIND', 'add kinds of your own'],
    ['PUT', '/v1/entries/quote/AAPL', { value: 1 }, 400, 'ERR_REQUEST', 'come from the provider'],
    ['PUT', '/v1/entries/signal/x', { valeu: 1 }, 400, 'ERR_REQUEST', 'value'],
    ['PUT', '/v1/entries/signal/x', { value: 1, tll: '5s' }, 400, 'ERR_REQUEST', 'additional'],
    ['PUT', '/v1/entries/signal/x', { value: 1, ttl: '5 parsecs' }, 400, 'ERR_CONFIG', '`ttl` is "5 parsecs"'],
    ['PUT', '/v1/entries/signal/x', { value: 1, ttl: -1 }, 400, 'ERR_CONFIG', '`ttl` is -1'],
    ['PUT', '/v1/entries/signal/x', { value: 1, tags: 'a' }, 400, 'ERR_REQUEST', 'tags'],
    ['PUT', '/v1/entries/signal/x', { value: 1, tags: ['a\u0000'] }, 400, 'ERR_REQUEST', 'tags'],
    ['PUT', '/v1/entries/signal/x', { value: 1, tags: [''] }, 400, 'ERR_REQUEST', 'tags'],
    ['PUT', `/v1/entries/signal/${'k'.repeat(1_025)}`, { value: 1 }, 400, 'ERR_KEY', 'longer than 1024 bytes'],
    ['PUT', '/v1/entries/signal/%00', { value: 1 }, 400, 'ERR_KEY', 'control character'],
  ])('%s %.40s is refused with %j', async (method, path, body, status, code, says) => {
    const answer = await running.ask(path, body === undefined ? { method } : json(method, body));
    expect(answer).toMatchObject({ status, body: { code, detail: expect.stringContaining(says) } });
  });

  test('are got, put and deleted in batches, each succeeding or failing by itself, in order', async () => {
    const operations = [
      { op: 'put', kind: 'signal', key: 'A', value: 1 },
      { op: 'put', kind: 'mood', key: 'A', value: { deep: true }, ttl: '5s', tags: ['t'] },
      { op: 'get', kind: 'signal', key: 'A' },
      { op: 'get', kind: 'signal', key: 'absent' },
      { op: 'get', kind: 'nothing', key: 'A' },
      { op: 'delete', kind: 'signal', key: 'A' },
      { op: 'put', kind: 'signal', key: 'B', value: 1, ttl: 'soon' },
    ];
    const { status, body } = await running.ask('/v1/entries:batch', json('POST', { operations }));
    expect(status).toBe(200);
    expect(body.results).toMatchObject([
      { ok: true },
      { ok: true },
      { ok: true, entry: { kind: 'signal', key: 'A', value: 1 } },
      { ok: false, error: { code: 'ERR_NO_ENTRY' } },
      { ok: false, error: { code: 'ERR_UNKNOWN_KIND' } },
      { ok: true },
      { ok: false, error: { code: 'ERR_CONFIG' } },
    ]);
    expect((await running.ask('/v1/entries/signal/A')).status).toBe(404);
    expect((await running.ask('/v1/entries/mood/A')).body.value).toEqual({ deep: true });
  });

  test.each([
    [{}],
    [{ operations: [] }],
    [{ operations: [{ op: 'put', kind: 'signal', key: 'A' }] }],
    [{ operations: [{ op: 'burn', kind: 'signal', key: 'A' }] }],
    [{ operations: [{ op: 'get', kind: 'signal' }] }],
  ])('a batch such as %j is refused', async (body) => {
    expect(await running.ask('/v1/entries:batch', json('POST', body))).toMatchObject({ status: 400, body: { code: 'ERR_REQUEST' } });
  });

  test('are refused when the cache is switched off, for they would be nowhere', async () => {
    const off = await startService({ cache: { enabled: false } });
    expect(await off.ask('/v1/entries/signal/A', json('PUT', { value: 1 }))).toMatchObject({
      status: 503,
      body: { code: 'ERR_CACHE_DISABLED' },
    });
    expect((await off.ask('/v1/entries/signal/A')).status).toBe(503);
    expect((await off.ask('/v1/entries/signal/A', { method: 'DELETE' })).status).toBe(503);
    await off.service.drain();
  });
});
