import { get } from 'node:http';
import { afterEach, describe, expect, test } from 'vitest';
import type { WireMoment, WireStats } from '../../src/service/wire.ts';
import { type RunningService, ScriptedProvider, startService, until } from './running-service.ts';

describe('statistics', () => {
  let running: RunningService;
  afterEach(() => running.service.drain());

  test('GET /v1/stats counts what was asked and how it was answered', async () => {
    const provider = new ScriptedProvider();
    running = await startService({}, provider);
    await running.ask('/v1/quotes?symbols=AAPL,MSFT');
    await running.ask('/v1/quotes?symbols=AAPL');
    await running.ask('/v1/entries/signal/none');
    const stats: WireStats = (await running.ask('/v1/stats')).body;
    expect(stats).toMatchObject({
      requests: 4,
      hits: 1,
      stale: 0,
      misses: 3,
      errors: 0,
      hitRatio: 0.25,
      loadsSaved: 1,
      provider: { name: 'scripted', calls: 1, failedCalls: 0 },
      memory: { entries: 2 },
    });
    expect(stats.kinds.map(({ name }) => name)).toEqual(['quote', 'bars', 'signal', 'analysis', 'portfolio', 'performance']);
    expect(stats.kinds[0]).toMatchObject({ name: 'quote', requests: 3, hits: 1, misses: 2, loads: 2, entries: 2 });
    expect(stats.hottest[0]).toEqual({ key: 'quote:AAPL', reads: 2 });
    for (const reads of [stats, ...stats.kinds]) expect(reads.hits + reads.stale + reads.misses + reads.errors).toBe(reads.requests);
    expect(stats.kinds.reduce((sum, kind) => sum + kind.requests, 0)).toBe(stats.requests);
    expect(stats.window.p99Ms).toBeGreaterThan(0);
  });

  test('a ratio is null before there was anything to count', async () => {
    running = await startService();
    expect((await running.ask('/v1/stats')).body).toMatchObject({
      hitRatio: null,
      requests: 0,
      window: { hitRatio: null, p50Ms: null, p99Ms: null },
    });
  });

  test('a call that fails is counted as one', async () => {
    const provider = new ScriptedProvider();
    provider.before = async () => Promise.reject(new Error('down'));
    running = await startService({}, provider);
    await running.ask('/v1/quotes?symbols=AAPL');
    expect((await running.ask('/v1/stats')).body).toMatchObject({
      errors: 1,
      provider: { calls: 1, failedCalls: 1 },
      kinds: [{ name: 'quote', loadErrors: 1 }, {}, {}, {}, {}, {}],
    });
  });

  test('GET /metrics tells the same to Prometheus, under names with our prefix, without keys', async () => {
    running = await startService({}, new ScriptedProvider());
    await running.ask('/v1/quotes?symbols=AAPL,MSFT');
    await running.ask('/v1/quotes?symbols=AAPL');
    const { body, headers } = await running.ask('/metrics');
    expect(headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(body).toContain('tiercel_requests_total{kind="quote",result="hit"} 1');
    expect(body).toContain('tiercel_requests_total{kind="quote",result="miss"} 2');
    expect(body).toContain('tiercel_provider_calls_total{provider="scripted",result="ok"} 1');
    expect(body).toContain('tiercel_entries{kind="quote"} 2');
    expect(body).toMatch(/tiercel_load_duration_seconds_count\{kind="quote",result="loaded"\} 2/);
    expect(body).toMatch(/tiercel_http_request_duration_seconds_count\{method="GET",route="\/v1\/quotes",status="200"\} 2/);
    expect(body).toMatch(/tiercel_build_info\{version="[^"]+"\} 1/);
    expect(body).toContain('process_cpu_seconds_total');
    expect(body).not.toMatch(/AAPL|MSFT/);
    const names = [...body.matchAll(/^# HELP (\S+) (.*)$/gm)].map(([, name, help]) => ({ name, help }));
    expect(names.filter(({ help }) => help === '')).toEqual([]);
  });

  test('GET /v1/live tells the statistics at once and then each second', async () => {
    running = await startService({}, new ScriptedProvider());
    const { events, close } = await follow(running.url);
    await until(() => events.filter(({ event }) => event === 'stats').length >= 2, 'two events came');
    expect(events[0]).toMatchObject({ event: 'history' });
    expect(events[0]?.data as WireMoment[]).toEqual(expect.any(Array));
    const [first, second] = events.filter(({ event }) => event === 'stats').map(({ data }) => data as WireStats);
    expect(second?.at).toBeGreaterThan(first?.at ?? Infinity);
    const { at: _, window: __, ...stats } = (await running.ask('/v1/stats')).body;
    expect(second).toMatchObject(stats);
    close();
  });

  test('GET /v1/live has room for so many followers, and again when one has left', async () => {
    running = await startService({ server: { maxLiveClients: 1 } });
    const { close } = await follow(running.url);
    const refused = await running.ask('/v1/live');
    expect(refused).toMatchObject({ status: 503, body: { code: 'ERR_BUSY' } });
    expect(refused.headers.get('retry-after')).toBe('5');
    close();
    let next: Awaited<ReturnType<typeof follow>> | undefined;
    await until(async () => {
      next = await follow(running.url).catch(() => undefined);
      return next !== undefined;
    }, 'there was room again');
    next?.close();
  });

  test('live streams end when the service stops', async () => {
    running = await startService();
    const { ended } = await follow(running.url);
    await running.service.drain();
    await expect(ended).resolves.toBeUndefined();
  });
});

interface Followed {
  readonly events: { event: string | undefined; data: unknown }[];
  readonly ended: Promise<void>;
  close(): void;
}

/** Follows the live stream. Rejects when it is refused. */
function follow(url: string): Promise<Followed> {
  return new Promise((resolve, reject) => {
    const asked = get(`${url}/v1/live`, { agent: false }, (response) => {
      if (response.statusCode !== 200) {
        response.resume();
        reject(new Error(`refused with ${response.statusCode}`));
        return;
      }
      const events: Followed['events'] = [];
      let text = '';
      response.on('data', (part) => {
        text += part;
        const blocks = text.split('\n\n');
        text = blocks.pop() ?? '';
        for (const block of blocks) {
          const field = (name: string): string | undefined =>
            block
              .split('\n')
              .find((line) => line.startsWith(`${name}: `))
              ?.slice(name.length + 2);
          events.push({ event: field('event'), data: JSON.parse(field('data') ?? 'null') });
        }
      });
      const ended = new Promise<void>((end) => response.on('close', end));
      resolve({ events, ended, close: () => asked.destroy() });
    });
    asked.on('error', reject);
  });
}
