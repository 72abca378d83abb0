import { afterEach, describe, expect, test } from 'vitest';
import type { WireMemory, WireStats } from '../../src/service/wire.ts';
import { json, type RunningService, startService, until } from './running-service.ts';

describe('memory over HTTP', () => {
  let running: RunningService;
  afterEach(() => running.service.drain());

  const put = async (...keys: string[]): Promise<void> => {
    for (const key of keys) await running.ask(`/v1/entries/signal/${key}`, json('PUT', { value: key }));
  };
  const keysFrom = (first: number, last: number): string[] => Array.from({ length: last - first + 1 }, (_, at) => `K${first + at}`);
  const state = async (query = ''): Promise<WireMemory> => (await running.ask(`/v1/memory${query}`)).body;
  const change = (body: unknown) => running.ask('/v1/memory', json('PATCH', body));

  test('GET /v1/memory tells how full it is, and what left it and why, newest first', async () => {
    running = await startService({ cache: { memory: { maxEntries: 10, policy: 'lru' } } });
    await put(...keysFrom(1, 13));
    const told = await state();
    expect(told.usage).toMatchObject({ entries: 10, maxEntries: 10, policy: 'lru', reliefs: 0, allowedBytes: 256 * 1_024 ** 2 });
    const signal = told.kinds.find(({ name }) => name === 'signal');
    expect(signal).toMatchObject({
      entries: 10,
      evictions: { byReason: { idle: 3, oldest: 0, rare: 0, 'not-admitted': 0 }, byNeed: { entries: 3 }, byPolicy: { lru: 3 } },
    });
    expect(told.evictions.map(({ kind, key, reason, need }) => `${kind}:${key} ${reason} ${need}`)).toEqual([
      'signal:K3 idle entries',
      'signal:K2 idle entries',
      'signal:K1 idle entries',
    ]);
    expect((await state('?limit=1')).evictions.map(({ key }) => key)).toEqual(['K3']);
    expect((await state('?limit=0')).evictions).toEqual([]);
    for (const query of ['?limit=257', '?limit=-1', '?limit=x', '?policy=lru'])
      expect((await running.ask(`/v1/memory${query}`)).status).toBe(400);
  });

  test('PATCH /v1/memory changes what is named and nothing else, at once, and answers how it is then', async () => {
    running = await startService({ cache: { memory: { maxEntries: 100 } } });
    await put(...keysFrom(1, 60));
    const { status, body } = await change({ maxEntries: 50, maxBytes: '2mb' });
    expect([status, body.usage]).toEqual([
      200,
      expect.objectContaining({ entries: 50, maxEntries: 50, maxBytes: 2 * 1_024 ** 2, policy: 'hybrid' }),
    ]);
    expect(body.evictions).toHaveLength(10);
    expect((await change({ policy: 'sieve' })).body.usage).toMatchObject({ entries: 50, maxEntries: 50, policy: 'sieve' });
    expect((await change({ maxBytes: 1_048_576 })).body.usage.maxBytes).toBe(1_048_576);
    expect((await state()).usage.policy).toBe('sieve');
  });

  test.each([
    [{ policy: 'mru' }, '`memory.policy` is "mru"; there are hybrid'],
    [{ maxEntries: 0 }, 'body/maxEntries must be >= 1'],
    [{ maxEntries: 1.5 }, '`memory.maxEntries` is 1.5; give a whole number'],
    [{ maxEntries: 2 ** 31 }, 'body/maxEntries must be <= 50000000'],
    [{ maxEntries: 'many' }, 'body/maxEntries must be number'],
    [{ maxEntries: '50' }, 'body/maxEntries must be number'],
    [{ maxEntries: true }, 'body/maxEntries must be number'],
    [{ maxBytes: true }, 'body/maxBytes must be string,number'],
    [{ maxBytes: 'much' }, '`memory.maxBytes` is "much"; give whole bytes above 0, or text such as \'64kb\''],
    [{ maxBytes: -1 }, '`memory.maxBytes` is -1'],
    [{ maxEntries: 5, policy: 'mru' }, '"mru"'],
    [{ maxEntry: 5 }, 'must NOT have additional properties'],
    [{}, 'see /openapi.json'],
  ])('PATCH /v1/memory refuses %j, says what to write, and changes nothing', async (body, says) => {
    running = await startService();
    const before = (await state()).usage;
    expect(await change(body)).toMatchObject({ status: 400, body: { detail: expect.stringContaining(says) } });
    expect((await state()).usage).toEqual(before);
  });

  test('wants the token, and refuses pages of other sites', async () => {
    const token = 'a-token-of-24-characters';
    const authorization = `Bearer ${token}`;
    running = await startService({ server: { token } });
    expect((await running.ask('/v1/memory')).status).toBe(401);
    expect((await change({ policy: 'lru' })).status).toBe(401);
    const init = json('PATCH', { policy: 'lru' });
    const headers = { ...init.headers, authorization };
    const foreign = await running.ask('/v1/memory', { ...init, headers: { ...headers, origin: 'https://evil.example' } });
    expect(foreign.body.code).toBe('ERR_CROSS_SITE');
    expect((await running.ask('/v1/memory', { ...init, headers })).body.usage.policy).toBe('lru');
  });

  test('GET /v1/explain tells why a key left memory', async () => {
    running = await startService({ cache: { memory: { maxEntries: 2, policy: 'fifo' } } });
    await put('A', 'B', 'C');
    const told = (await running.ask('/v1/explain/signal:A')).body;
    expect(told.evictions).toEqual([
      expect.objectContaining({ kind: 'signal', key: 'A', policy: 'fifo', reason: 'oldest', need: 'entries' }),
    ]);
    expect(told.at).toBeGreaterThanOrEqual(told.evictions[0].at);
    expect((await running.ask('/v1/explain/signal:C')).body.evictions).toEqual([]);
  });

  test('/metrics and /v1/stats count the same evictions by reason and by need', async () => {
    running = await startService({ cache: { memory: { maxEntries: 5, policy: 'fifo' } } });
    await put(...keysFrom(1, 12));
    const { body: metrics } = await running.ask('/metrics');
    expect(metrics).toContain('tiercel_evictions_total{kind="signal",reason="oldest"} 7');
    expect(metrics).toContain('tiercel_evictions_total{kind="signal",reason="not-admitted"} 0');
    expect(metrics).toContain('tiercel_evictions_by_need_total{kind="signal",need="entries"} 7');
    expect(metrics).toMatch(/^tiercel_eviction_age_seconds_total\{kind="signal"\} \d/m);
    expect(metrics).toContain('tiercel_memory_reliefs_total 0');
    expect(metrics).toContain(`tiercel_memory_allowed_bytes ${256 * 1_024 ** 2}`);
    const stats: WireStats = (await running.ask('/v1/stats')).body;
    for (const { evicted, evictions } of stats.kinds)
      for (const counted of [evictions.byReason, evictions.byNeed, evictions.byPolicy])
        expect(Object.values(counted).reduce((sum, one) => sum + one, 0)).toBe(evicted);
    expect(stats.memory).toMatchObject({ reliefs: 0, allowedBytes: stats.memory.maxBytes });
  });

  test('tells that memory gives way while the process has little left, and what is allowed then', async () => {
    running = await startService({ cache: { memory: { maxMegabytes: 1, pressure: { from: 0.001, until: 0 } } } });
    const value = 'x'.repeat(20_000);
    for (const key of keysFrom(1, 8)) await running.ask(`/v1/entries/signal/${key}`, json('PUT', { value }));
    await until(async () => (await state()).usage.reliefs > 0, 'memory has given way');
    const { usage, kinds } = await state();
    expect(usage.allowedBytes).toBeLessThan(usage.maxBytes / 8);
    expect(usage.bytes).toBeLessThanOrEqual(usage.allowedBytes);
    expect(kinds.find(({ name }) => name === 'signal')?.evictions.byNeed.pressure).toBeGreaterThan(0);
    const { body: metrics } = await running.ask('/metrics');
    expect(metrics).toContain(`tiercel_memory_reliefs_total ${usage.reliefs}`);
    expect(metrics).toMatch(/^tiercel_evictions_by_need_total\{kind="signal",need="pressure"\} [1-9]/m);
  });

  test('memory is as the settings say: what is protected stays, and a kind takes no more than its share', async () => {
    running = await startService({
      cache: { memory: { maxEntries: 20, policy: 'fifo', protect: ['signal:K1'], pressure: false } },
      kinds: { analysis: { share: { max: 0.25 } } },
    });
    for (const key of keysFrom(1, 10)) await running.ask(`/v1/entries/analysis/${key}`, json('PUT', { value: 1 }));
    await put(...keysFrom(1, 40));
    const told = await state();
    expect(told.usage.protectedEntries).toBe(1);
    expect(told.kinds.find(({ name }) => name === 'analysis')).toMatchObject({ evictions: { byNeed: { share: 5 } } });
    expect((await running.ask('/v1/explain/signal:K1')).body.tiers[0].state).toBe('fresh');
  });

  test('with shares: auto every kind has a part of its own, told here and to Prometheus', async () => {
    running = await startService({ cache: { memory: { maxEntries: 20, shares: 'auto', admission: 'frequency-per-byte' } } });
    await put(...keysFrom(1, 5));
    const { parts } = (await state()).usage;
    expect(parts.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['quote', 'bars', 'signal']));
    const signal = parts.find(({ kind }) => kind === 'signal');
    expect(signal).toMatchObject({ entries: 5, min: 0, max: 1 });
    const { body: metrics } = await running.ask('/metrics');
    expect(metrics).toContain('tiercel_part_entries{kind="signal"} 5');
    expect(metrics).toContain(`tiercel_part_bytes{kind="signal"} ${signal?.bytes}`);
    expect(metrics).toMatch(/^tiercel_part_target_share\{kind="signal"\} \d/m);
  });
});
