import { kind } from '../../src/cache/kind/kind.ts';
import { createCache } from '../../src/create-cache.ts';
import type { LifetimeSpec } from '../../src/lifetime/lifetime.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { DAY, SECOND } from '../../src/time/duration.ts';

/** A price, and from when on it was the last. */
export interface Change {
  readonly at: number;
  readonly price: number;
}

/** What a price was told to be, and since when that is so. */
export interface Quote {
  readonly price: number;
  readonly asOf: number;
}

/** What a rule for lifetimes costs, and what it is worth. */
export interface Outcome {
  /** Calls of the source, a day. */
  readonly calls: number;
  /** Seconds for which what was read had been outdated, the mean over all reads. */
  readonly staleness: number;
  /** The share of reads whose value was outdated. */
  readonly outdated: number;
}

/** Reads come at random, so many seconds apart on average. */
const SECONDS_BETWEEN_READS = 5;

/** Draws that are the same for every rule (Lehmer, 1951). */
function draws(): () => number {
  let seed = 20_261_120;
  return () => {
    seed = (seed * 16_807) % 2_147_483_647;
    return seed / 2_147_483_647;
  };
}

/** Reads a price through a cache, by night and by day, and holds what is read against what it was. */
export async function replay(
  changes: readonly Change[],
  from: number,
  to: number,
  lifetime: LifetimeSpec<string, Quote>,
): Promise<Outcome> {
  const clock = new FakeClock(from);
  const random = draws();
  let calls = 0;
  let now = 0;
  const lastAt = (at: number): number => {
    while (now + 1 < changes.length && (changes[now + 1]?.at ?? 0) <= at) now += 1;
    return now;
  };
  const load = (): Quote => {
    calls += 1;
    const { price = 0, at = 0 } = changes[lastAt(clock.now())] ?? {};
    return { price, asOf: at };
  };
  const cache = createCache({
    kinds: { quote: kind<string, Quote>({ lifetime, load }) },
    clock,
    random: draws(),
    memory: { pressure: false, sampling: false },
  });
  let reads = 0;
  let outdated = 0;
  let staleMs = 0;
  while (clock.now() < to) {
    await clock.advance(-Math.log(random()) * SECONDS_BETWEEN_READS * SECOND);
    const read = (await cache.quote.getOrLoad('A')) ?? { price: 0, asOf: 0 };
    reads += 1;
    const current = changes[lastAt(clock.now())];
    if (!current || current.price === read.price) continue;
    outdated += 1;
    staleMs += clock.now() - outdatedSince(changes, now, read.asOf);
  }
  await cache.close();
  return { calls: (calls * DAY) / (to - from), staleness: staleMs / SECOND / reads, outdated: outdated / reads };
}

/** When what was true at `asOf` was so no more. */
function outdatedSince(changes: readonly Change[], last: number, asOf: number): number {
  let at = last;
  while (at > 0 && (changes[at - 1]?.at ?? 0) > asOf) at -= 1;
  return changes[at]?.at ?? asOf;
}
