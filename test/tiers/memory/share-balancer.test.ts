import { describe, expect, test } from 'vitest';
import { kind } from '../../../src/cache/kind/kind.ts';
import { createCache } from '../../../src/create-cache.ts';
import { ConfigError } from '../../../src/errors.ts';
import type { PolicyName } from '../../../src/policy/eviction-policy.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';

/** A cache of a thousand entries, of two kinds: one is asked for 900 keys, some more than others, while a scan goes round 6 000 of the other. */
function divided(policy: PolicyName, isAuto: boolean) {
  const shares = isAuto ? { shares: 'auto' as const } : {};
  const kinds = { quote: kind<string, number>(), bars: kind<string, number>() };
  const cache = createCache({
    kinds,
    lifetime: '1d',
    memory: { maxEntries: 1_000, policy, ...shares },
    clock: new FakeClock(),
    random: () => 0,
  });
  let state = 1;
  const draw = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
  const ask = async (name: 'quote' | 'bars', key: string): Promise<number> => {
    if (cache[name].peek(key) !== undefined) return 1;
    await cache[name].set(key, 1);
    return 0;
  };
  /** Tells the share of requests that were hits. */
  const run = async (hot: 'quote' | 'bars', rounds: number): Promise<number> => {
    const scanned = hot === 'quote' ? 'bars' : 'quote';
    let hits = 0;
    for (let round = 0; round < rounds; round += 1) {
      hits += await ask(hot, `k${Math.floor(draw() ** 2 * 900)}`);
      for (const at of [0, 1]) hits += await ask(scanned, `s${(2 * round + at) % 6_000}`);
    }
    return hits / (3 * rounds);
  };
  return { cache, run };
}

describe("shares that are 'auto'", () => {
  test.each<PolicyName>(['hybrid', 'lru'])(
    'go to the kind that makes most of them, and follow when that changes, under %s',
    async (policy) => {
      const [moved, even] = [divided(policy, true), divided(policy, false)];
      for (const hot of ['quote', 'bars'] as const) {
        // It takes a while until the curves have forgotten what was before.
        for (const { run } of [moved, even]) await run(hot, 25_000);
        const ratios = [await moved.run(hot, 15_000), await even.run(hot, 15_000)];
        expect(ratios[0]).toBeGreaterThan(ratios[1] ?? 1);
        const part = moved.cache.memory.usage.parts.find((one) => one.kind === hot);
        expect(part?.target).toBeGreaterThan(0.7);
        expect(part?.entries).toBeGreaterThan(700);
      }
      await Promise.all([moved.cache.close(), even.cache.close()]);
    },
  );

  test('keep within what kinds say of theirs', async () => {
    const kinds = { quote: kind<string, number>({ share: { max: 0.4 } }), bars: kind<string, number>({ share: { min: 0.3 } }) };
    const cache = createCache({
      kinds,
      lifetime: '1d',
      memory: { maxEntries: 1_000, shares: 'auto' },
      clock: new FakeClock(),
      random: () => 0,
    });
    for (let round = 0; round < 40_000; round += 1) {
      const key = `k${(round * round) % 907}`;
      if (cache.quote.peek(key) === undefined) await cache.quote.set(key, 1);
      await cache.bars.set(`s${round % 6_000}`, 1);
    }
    const [quote, bars] = ['quote', 'bars'].map((name) => cache.memory.usage.parts.find((part) => part.kind === name));
    expect(quote?.entries).toBeLessThanOrEqual(400);
    expect(quote?.target).toBeLessThanOrEqual(0.4);
    expect(bars?.target).toBeGreaterThanOrEqual(0.3);
    await cache.close();
  });

  test('are refused in other words, and without the sample they rest on', () => {
    expect(() => createCache({ memory: { shares: 'even' as 'auto' } })).toThrow(ConfigError);
    expect(() => createCache({ memory: { shares: 'auto', sampling: false } })).toThrow('needs `memory.sampling`');
  });
});
