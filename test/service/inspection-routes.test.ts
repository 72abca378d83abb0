import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { json, type RunningService, startService } from './running-service.ts';

describe('inspection', () => {
  let running: RunningService;
  const put = (kind: string, key: string, tags: string[] = []) =>
    running.ask(`/v1/entries/${kind}/${key}`, json('PUT', { value: key, tags }));
  const isThere = async (kind: string, key: string): Promise<boolean> => (await running.ask(`/v1/entries/${kind}/${key}`)).status === 200;

  beforeAll(async () => {
    running = await startService();
  });
  afterAll(() => running.service.drain());

  test('GET /v1/keys lists the keys that match, in order and in pages', async () => {
    await Promise.all(['K3', 'K1', 'K2'].map((key) => put('portfolio', key)));
    expect((await running.ask('/v1/keys?pattern=portfolio:*')).body).toEqual({
      keys: ['portfolio:K1', 'portfolio:K2', 'portfolio:K3'],
      cursor: null,
    });
    const first = (await running.ask('/v1/keys?pattern=portfolio:*&limit=2')).body;
    expect(first).toEqual({ keys: ['portfolio:K1', 'portfolio:K2'], cursor: 'portfolio:K2' });
    expect((await running.ask(`/v1/keys?pattern=portfolio:*&limit=2&cursor=${first.cursor}`)).body).toEqual({
      keys: ['portfolio:K3'],
      cursor: null,
    });
    expect((await running.ask('/v1/keys?pattern=nothing*')).body).toEqual({ keys: [], cursor: null });
  });

  test.each([
    '/v1/keys?pattern=',
    '/v1/keys?limit=0',
    '/v1/keys?limit=10001',
    '/v1/keys?pattern=a%5C',
    '/v1/keys?pattern=*a*a*a*a*a*a*a*a*a',
    '/v1/keys?glob=x',
    '/v1/explain/',
  ])('GET %s is refused', async (path) => {
    expect((await running.ask(path)).status).toBe(400);
  });

  test('GET /v1/explain tells what each tier has, and what a read would do', async () => {
    await running.ask('/v1/quotes?symbols=AAPL');
    const known = (await running.ask('/v1/explain/quote:AAPL')).body;
    expect(known).toMatchObject({
      key: 'quote:AAPL',
      kind: 'quote',
      argument: 'AAPL',
      tiers: [{ tier: 'memory', state: 'fresh', entry: { tags: ['sym:AAPL'] } }],
      isLoading: false,
    });
    expect(known.verdict).toContain('a read is a hit');
    expect(JSON.stringify(known)).not.toContain('"price"');
    expect((await running.ask('/v1/explain/quote:NONE')).body).toMatchObject({
      tiers: [{ state: 'absent' }],
      verdict: expect.stringContaining('no tier has it'),
    });
  });

  test('POST /v1/invalidate drops by key, keys, tag, tags and pattern, and nothing else', async () => {
    for (const [selector, words] of [
      [{ key: 'signal:A' }, 'key signal:A'],
      [{ keys: ['signal:A', 'analysis:none'] }, 'keys signal:A, analysis:none'],
      [{ tag: 'one' }, 'tag one'],
      [{ tags: ['one', 'two'] }, 'tags one, two'],
      [{ pattern: 'signal:A*' }, 'pattern signal:A*'],
    ] as const) {
      await put('signal', 'A', ['one']);
      await put('signal', 'B', ['other']);
      expect(await running.ask('/v1/invalidate', json('POST', selector))).toMatchObject({ status: 200, body: { selector: words } });
      expect(await isThere('signal', 'A')).toBe(false);
      expect(await isThere('signal', 'B')).toBe(true);
    }
  });

  test('a symbol is dropped with all that hangs on it, by its tag', async () => {
    await running.ask('/v1/quotes?symbols=MSFT');
    await running.ask('/v1/bars/MSFT');
    await put('signal', 'MSFT', ['sym:MSFT']);
    await running.ask('/v1/invalidate', json('POST', { tag: 'sym:MSFT' }));
    expect((await running.ask('/v1/quotes?symbols=MSFT')).body.quotes.MSFT.outcome).toBe('miss');
    expect((await running.ask('/v1/bars/MSFT')).body.outcome).toBe('miss');
    expect(await isThere('signal', 'MSFT')).toBe(false);
  });

  test.each([
    [{}],
    [{ key: 'a', tag: 'b' }],
    [{ keys: [] }],
    [{ key: '' }],
    [{ everything: true }],
    [{ pattern: '*a*a*a*a*a*a*a*a*a' }],
    [{ key: 'signal:\u0000' }],
    [[]],
  ])('POST /v1/invalidate refuses %j', async (body) => {
    expect((await running.ask('/v1/invalidate', json('POST', body))).status).toBe(400);
  });
});

test('a key that begins with no kind is told so', async () => {
  const running = await startService();
  for (const answer of [
    await running.ask('/v1/explain/AAPL'),
    await running.ask('/v1/invalidate', json('POST', { keys: ['quote:A', 'AAPL'] })),
  ]) {
    expect(answer).toMatchObject({
      status: 404,
      body: { code: 'ERR_UNKNOWN_KIND', detail: expect.stringContaining('"AAPL" begins with no kind') },
    });
  }
  await running.service.drain();
});
