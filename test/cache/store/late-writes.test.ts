import { describe, expect, test } from 'vitest';
import { LateWrites } from '../../../src/cache/store/late-writes.ts';
import { createCache, kind } from '../../../src/index.ts';
import { FakeClock, settle } from '../../../src/testing/fake-clock.ts';
import { MemoryRemoteTier } from '../../../src/testing/memory-remote-tier.ts';

const KINDS = { quote: kind<string, number>({ lifetime: '1h' }) };

function sweepOf(prefix: string, stamp: number) {
  return { matches: (key: string) => key.startsWith(prefix), version: { stamp, origin: 1 } };
}

describe('what comes to a tier after a sweep', () => {
  test('and is older is not believed by the process that swept', async () => {
    const clock = new FakeClock();
    const store = new MemoryRemoteTier({ clock });
    const [slow, other] = [0, 0.5].map((chance) => createCache({ clock, remote: store, kinds: KINDS, random: () => chance }));
    if (!slow || !other) throw new Error('There are two');
    const { promise, resolve } = Promise.withResolvers<number>();
    const loading = slow.quote.getOrLoad('AAPL', () => promise);
    await settle();
    await clock.advance(1);
    await other.invalidate({ pattern: 'quote:A*' });
    resolve(1);
    expect(await loading).toBe(1);
    await slow.flush();
    expect(await other.quote.get('AAPL')).toBeUndefined();
    await other.quote.set('AAPL', 2);
    expect(await other.quote.get('AAPL')).toBe(2);
    await Promise.all([slow.close(), other.close()]);
  });

  test('is late for a minute, and so for a hundred sweeps at most', () => {
    const late = new LateWrites();
    late.add(sweepOf('a', 5), 0);
    expect([
      late.has('a1', { stamp: 5, origin: 1 }),
      late.has('a1', { stamp: 6, origin: 0 }),
      late.has('b1', { stamp: 1, origin: 1 }),
    ]).toEqual([true, false, false]);
    late.add(sweepOf('b', 5), 60_001);
    expect([late.has('a1', { stamp: 5, origin: 1 }), late.has('b1', { stamp: 5, origin: 1 })]).toEqual([false, true]);
    for (let n = 0; n < 100; n += 1) late.add(sweepOf('c', 5), 60_001);
    expect([late.has('b1', { stamp: 5, origin: 1 }), late.has('c1', { stamp: 5, origin: 1 })]).toEqual([false, true]);
  });
});
