import { describe, expect, test } from 'vitest';
import { ConfigError, createCache, type EntryInfo, kind, LoadError, NotFreshError } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { SECOND } from '../../../src/time/duration.ts';

/** A cache of two kinds with loaders of their own, and one without, which count what they are asked. */
function opened() {
  const clock = new FakeClock();
  const asked: string[] = [];
  const own = {
    load: async ({ key }: { key: string }): Promise<string> => {
      asked.push(key);
      return `own ${key}`;
    },
    loadMany: async (keys: readonly string[]): Promise<Map<string, string>> => {
      asked.push(keys.join());
      return new Map(keys.map((key) => [key, `own ${key}`]));
    },
  };
  const cache = createCache({
    clock,
    lifetime: '1m',
    kinds: { quote: kind<string, string>(own), bars: kind<string, string>(own), note: kind<string, string>() },
  });
  const given = async (): Promise<string> => 'given';
  const givenMany = async (keys: readonly string[]): Promise<Map<string, string>> => new Map(keys.map((key) => [key, `given ${key}`]));
  return { clock, cache, asked, given, givenMany };
}

const STALE = { maxAge: '1s' } as const;

describe('read options', () => {
  test('stand in the place of a loader where the kind has its own', async () => {
    const { clock, cache, asked } = opened();
    const { quote } = cache;
    const reads: (() => Promise<unknown>)[] = [
      () => quote.getOrLoad('A', STALE),
      () => quote.getOrLoad('A', undefined, STALE),
      () => quote.entryOrLoad('A', STALE),
      () => quote.getOrLoadMany(['A'], STALE),
      () => quote.entriesOrLoad(['A'], STALE),
      () => cache.getOrLoad('quote:A', STALE),
      () => cache.entryOrLoad('quote:A', STALE),
      () => cache.getOrLoadMany(['quote:A'], STALE),
      () => cache.entriesOrLoad(['quote:A'], STALE),
    ];
    for (const [at, read] of reads.entries()) {
      await read();
      expect(asked).toHaveLength(at + 1);
      await read();
      expect(asked).toHaveLength(at + 1);
      await clock.advance(SECOND + 1);
    }
  });

  test('and after it all the same', async () => {
    const { clock, cache, asked, given, givenMany } = opened();
    expect(await cache.quote.getOrLoad('A', given)).toBe('given');
    await clock.advance(2 * SECOND);
    expect(await cache.quote.getOrLoad('A', given, STALE)).toBe('given');
    expect(await cache.quote.getOrLoad('A', given, {})).toBe('given');
    expect((await cache.quote.entryOrLoad('A', given, STALE)).outcome).toBe('hit');
    await clock.advance(2 * SECOND);
    expect([...(await cache.quote.getOrLoadMany(['A'], givenMany, STALE))]).toEqual([['A', 'given A']]);
    expect((await cache.quote.entriesOrLoad(['A'], givenMany, STALE)).get('A')?.outcome).toBe('hit');
    expect(asked).toEqual([]);
  });

  test('are heeded, whatever they say', async () => {
    const { clock, cache } = opened();
    const down = createCache({ clock, kinds: { quote: kind<string, string>({ load: () => Promise.reject(new Error('down')) }) } });
    await down.quote.set('A', 'old', { ttl: 0, grace: '1m' });
    expect(await down.quote.getOrLoad('A')).toBe('old');
    await expect(down.quote.getOrLoad('A', { allowStale: false })).rejects.toThrow(NotFreshError);
    await expect(cache.quote.getOrLoad('B', { signal: AbortSignal.abort(new Error('gone')) })).rejects.toThrow('gone');
    await expect(down.quote.getOrLoad('C', { allowStale: false })).rejects.toThrow(LoadError);
    await expect(cache.quote.getOrLoad('A', { maxage: 1 } as never)).rejects.toThrow('knows no "maxage"');
  });
});

describe('a call without a loader', () => {
  test('asks each kind for its keys by its own', async () => {
    const { cache, asked } = opened();
    const found = await cache.getOrLoadMany(['quote:A', 'bars:B', 'quote:C']);
    expect([...found]).toEqual([
      ['quote:A', 'own A'],
      ['quote:C', 'own C'],
      ['bars:B', 'own B'],
    ]);
    expect(asked).toEqual(['A,C', 'B']);
    const entries = await cache.entriesOrLoad(['quote:A', 'bars:D']);
    expect([...entries].map(([key, { value, outcome }]) => [key, value, outcome])).toEqual([
      ['quote:A', 'own A', 'hit'],
      ['bars:D', 'own D', 'miss'],
    ]);
    expect((await cache.entryOrLoad('bars:D')).value).toBe('own D');
  });

  test('is refused where a kind has none, unless nothing is missing', async () => {
    const { cache } = opened();
    const none = 'Kind "note" has no `loadMany`; give one to the kind or to this call';
    await expect(cache.note.getOrLoadMany(['A'])).rejects.toThrow(none);
    await expect(cache.getOrLoadMany(['quote:A', 'note:A'])).rejects.toThrow(none);
    await expect(cache.entriesOrLoad(['note:A'], STALE)).rejects.toThrow(none);
    await expect(cache.getOrLoad('note:A', STALE)).rejects.toThrow('Kind "note" has no `load`');
    await expect(cache.getOrLoad('a')).rejects.toThrow('Plain keys have no `load`; give one by the option `plain`, or to this call');
    await expect(cache.getOrLoadMany(['a'])).rejects.toThrow('Plain keys have no `loadMany`');
    await cache.setMany([
      ['note:A', 'kept'],
      ['a', 1],
    ]);
    expect((await cache.getOrLoadMany(['note:A', 'a', 'quote:A'])).size).toBe(3);
  });

  test('says by its type that the source may have nothing', async () => {
    const { cache } = opened();
    const maybe: string | undefined = await cache.quote.getOrLoad('A', STALE);
    // @ts-expect-error The kind's own loader may find nothing.
    const surely: string = await cache.quote.getOrLoad('A', STALE);
    const given: string = await cache.quote.getOrLoad('A', async () => 'x');
    const entry: EntryInfo<string> = await cache.entryOrLoad<string>('quote:A', STALE);
    // @ts-expect-error The same by a whole key.
    const whole: string = await cache.getOrLoad<string>('quote:A');
    expect(new Set([maybe, surely, given, entry.value, whole])).toEqual(new Set(['own A']));
  });
});

describe('what is neither a loader nor options is refused', () => {
  test.each([
    ['https://feed/AAPL?token=secret', 'The loader is a string; give a function that asks the source, or read options such as'],
    [5, 'The loader is a number'],
    [null, 'The loader is null'],
    [true, 'The loader is a boolean'],
    [[], 'The loader is a list'],
  ])('%j', async (given, message) => {
    const { cache } = opened();
    const bad = given as never;
    await cache.quote.set('A', 'fresh');
    const reads = [
      () => cache.quote.getOrLoad('A', bad),
      () => cache.quote.entryOrLoad('A', bad),
      () => cache.quote.getOrLoadMany(['A'], bad),
      () => cache.quote.entriesOrLoad(['A'], bad),
      () => cache.getOrLoad('quote:A', bad),
      () => cache.entryOrLoad('quote:A', bad),
      () => cache.getOrLoadMany(['quote:A'], bad),
      () => cache.entriesOrLoad(['quote:A'], bad),
    ];
    for (const read of reads) {
      // As a rejection, whether or not there is a value to be had.
      const refusal: unknown = await read().then(undefined, (error: unknown) => error);
      expect(refusal).toBeInstanceOf(ConfigError);
      expect((refusal as ConfigError).message).toContain(message);
      expect((refusal as ConfigError).message).not.toContain('secret');
    }
  });

  test('options given twice', async () => {
    const { cache } = opened();
    const twice = 'Read options stand in the place of the loader, and after it; give them once';
    await expect(cache.quote.getOrLoad('A', STALE as never, STALE)).rejects.toThrow(twice);
    await expect(cache.getOrLoadMany(['quote:A'], STALE as never, STALE)).rejects.toThrow(twice);
    await expect(cache.quote.getOrLoad('A', async () => 'x', null as never)).rejects.toThrow('Read options are null');
  });
});
