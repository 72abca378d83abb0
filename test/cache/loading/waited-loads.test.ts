import { describe, expect, test } from 'vitest';
import { type CacheOf, createCache, kind } from '../../../src/index.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { k: kind<string, number>({ lifetime: '1h', maxConcurrentLoads: 1 }) };

/** Two processes that share a tier and no bus. */
function twoProcesses(): { readonly clock: FakeClock; readonly one: CacheOf<typeof KINDS>; readonly other: CacheOf<typeof KINDS> } {
  const clock = new FakeClock();
  const store = new MemoryRemoteTier({ clock });
  const open = () => createCache({ clock, remote: store, kinds: KINDS });
  return { clock, one: open(), other: open() };
}

describe('a load that waited for its turn', () => {
  test('does not ask the source for what another process has brought meanwhile', async () => {
    const { clock, one, other } = twoProcesses();
    const asked: string[] = [];
    const load = async ({ key }: { readonly key: string }): Promise<number> => {
      asked.push(key);
      await new Promise<void>((resolve) => clock.after(100, resolve));
      return 1;
    };
    const reads = Promise.all(['a', 'b', 'c'].map((key) => one.k.entryOrLoad(key, load)));
    await clock.advance(50);
    await other.k.set('b', 2);
    await clock.advance(300);
    expect((await reads).map(({ value, tier }) => `${value} of ${tier}`)).toEqual(['1 of source', '2 of remote', '1 of source']);
    expect(asked).toEqual(['a', 'c']);
    expect(one.stats().total).toMatchObject({ loads: 2, loadsRunning: 0, loadsQueued: 0 });
  });

  test('asks for the rest of its keys alone, and for none if all are there', async () => {
    const { clock, one, other } = twoProcesses();
    const asked: (readonly string[])[] = [];
    const loadMany = async (keys: readonly string[]): Promise<Map<string, number>> => {
      asked.push(keys);
      await new Promise<void>((resolve) => clock.after(100, resolve));
      return new Map(keys.map((key) => [key, 1]));
    };
    const reads = Promise.all([['a'], ['b', 'c'], ['d']].map((keys) => one.k.getOrLoadMany(keys, loadMany)));
    await clock.advance(50);
    await other.k.setMany([
      ['b', 2],
      ['d', 2],
    ]);
    await clock.advance(300);
    expect((await reads).map((values) => Object.fromEntries(values))).toEqual([{ a: 1 }, { b: 2, c: 1 }, { d: 2 }]);
    expect(asked).toEqual([['a'], ['c']]);
  });
});
