import { describe, expect, test } from 'vitest';
import { kind } from '../../src/cache/kind/kind.ts';
import { createCache } from '../../src/create-cache.ts';
import { ConfigError, KeyError } from '../../src/errors.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

/** What came from a place without types. */
const as = <T>(value: unknown): T => value as T;

describe('an option of the wrong kind is refused by its name', () => {
  test.each<[object, string]>([
    [{ memory: [] }, '`memory` is a list; give an object with maxEntries'],
    [{ memory: null }, '`memory` is null'],
    [{ memory: { sampling: 'no' } }, '`memory.sampling` is no; give true or false'],
    [{ memory: { sampling: 0 } }, '`memory.sampling` is 0'],
    [{ memory: { pressure: [] } }, '`memory.pressure` is a list'],
    [{ memory: { maxBytes: 1.5 } }, '`memory.maxBytes` is 1.5; give whole bytes'],
    [{ plain: { share: null } }, '`share` is null; give an object with min, max'],
    [{ plain: { share: 0 } }, '`share` is 0; give an object with min, max'],
    [{ plain: { share: Number.NaN } }, '`share` is NaN'],
    [{ plain: { share: [0.5] } }, '`share` is a list'],
    [{ plain: { lease: 'no' } }, '`lease` is no; give true or false'],
    [{ plain: { remote: 0 } }, '`remote` is 0; give true or false'],
  ])('%j', (options, says) => {
    const create = (): unknown => createCache(options);
    expect(create).toThrow(ConfigError);
    expect(create).toThrow(says);
  });
});

describe('a call with something of the wrong kind says what to give', () => {
  const cache = createCache({ kinds: { quote: kind<string, number>({}) }, clock: new FakeClock() });

  test('to memory, and changes nothing', () => {
    const before = cache.memory.usage;
    expect(() => cache.memory.resize(as([]))).toThrow('`memory` is a list');
    expect(() => cache.memory.resize(as(null))).toThrow('`memory` is null');
    expect(() => cache.memory.curve('quoted')).toThrow(new ConfigError('There is no kind "quoted"; there are quote'));
    expect(() => cache.memory.comparison('quoted')).toThrow(ConfigError);
    expect(cache.memory.evictions(as(1n))).toEqual([]);
    expect(cache.memory.usage).toEqual(before);
    expect(cache.memory.curve('quote')).toBeUndefined();
  });

  test('as a namespace, a key or a signal', async () => {
    expect(() => cache.namespace(as(5))).toThrow(new ConfigError('The namespace is no text but number; give one such as "desk/alpha"'));
    expect(() => cache.peek(as(5))).toThrow(KeyError);
    await expect(cache.explain(as(5))).rejects.toThrow('The key is no text but number; give one such as "quote:AAPL"');
    await expect(cache.quote.getOrLoad('AAPL', () => 1, as({ signal: 5 }))).rejects.toThrow('`signal` is a number; give an AbortSignal');
    await expect(cache.quote.get('AAPL', as({ signal: null }))).rejects.toThrow('`signal` is null; give an AbortSignal');
  });
});

test('a weigher whose answer is no number decides nothing: the value is estimated', async () => {
  const weighed = createCache({ plain: { weigh: () => as<number>(1n) }, clock: new FakeClock() });
  const estimated = createCache({ clock: new FakeClock() });
  for (const cache of [weighed, estimated]) expect(await cache.set('key', 'value')).toBe(true);
  expect(weighed.memory.usage.bytes).toBe(estimated.memory.usage.bytes);
});
