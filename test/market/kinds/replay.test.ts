import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createCache } from '../../../src/create-cache.ts';
import { calendarOf } from '../../../src/market/calendar/calendar-of.ts';
import { MarketKinds } from '../../../src/market/kinds/market-kinds.ts';
import type { Quote } from '../../../src/market/quote.ts';
import { RecordedBars } from '../../../src/providers/replay/recorded-bars.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { MINUTE, SECOND } from '../../../src/time/duration.ts';

const at = (text: string): number => Date.parse(text);
/** The last word of a session is asked for so long after it, at most. */
const SETTLE_MS = 30 * SECOND;
/** A quote is fresh for so long at most while it may change: by its volatility, and by chance after an open. */
const BOUND_MS = 60 * SECOND + 2 * SECOND;
const READ_EVERY_MS = 20 * SECOND;

interface Read {
  readonly at: number;
  readonly askedAt: number;
  readonly price: number;
}

/** Reads a quote every twenty seconds, and tells each read and each call of the source. */
async function read(id: string, from: number, to: number, priceAt: (at: number) => number) {
  const clock = new FakeClock(from);
  const market = new MarketKinds();
  const calls: number[] = [];
  const load = (): Quote => {
    calls.push(clock.now());
    return { symbol: id, price: priceAt(clock.now()), asOf: clock.now(), source: 'tape' };
  };
  const cache = createCache({ kinds: { quote: market.kind('quote', { load }) }, clock, memory: { pressure: false } });
  const reads: Read[] = [];
  while (clock.now() < to) {
    const { value, askedAt } = await cache.quote.entryOrLoad(id);
    reads.push({ at: clock.now(), askedAt, price: value?.price ?? 0 });
    await clock.advance(READ_EVERY_MS);
  }
  await cache.close();
  return { calls, reads };
}

/** The price of recorded bars of minutes at each instant: the last that was complete. */
async function tapeOf(symbol: string, file: string): Promise<(at: number) => number> {
  const bars = await new RecordedBars(join(import.meta.dirname, '../../../data/market')).of({ symbol, file } as never);
  let next = 0;
  return (instant) => {
    while (next + 1 < bars.length && (bars[next + 1]?.startAt ?? 0) + MINUTE <= instant) next += 1;
    return bars[next]?.close ?? 0;
  };
}

const nyse = calendarOf('XNYS');
/** Since when a price may have changed, at an instant at which it may. */
function liveSince(instant: number): number {
  const { from } = nyse.phaseAt(instant);
  return isLive(from - 1) ? liveSince(from - 1) : from;
}

const isLive = (instant: number): boolean => ['pre', 'open', 'post'].includes(nyse.phaseAt(instant).phase);

describe('a quote that is read by night and by day', () => {
  test('over Thanksgiving is asked for while it can change, and never else', async () => {
    const { calls, reads } = await read('AAPL', at('2026-11-25T20:00:00Z'), at('2026-11-30T15:00:00Z'), () => 200);
    const idle = calls.filter((call) => !isLive(call) && !isLive(call - SETTLE_MS - READ_EVERY_MS));
    expect(idle).toEqual([]);
    const on = (date: string): number => calls.filter((call) => new Date(call).toISOString().startsWith(date)).length;
    // Closed all day on Thanksgiving but for the end of the evening before, and all weekend; half a day on Friday, to 17:00 in New York.
    expect(calls.filter((call) => call >= at('2026-11-26T01:01:00Z') && call < at('2026-11-27T09:00:00Z'))).toEqual([]);
    expect([on('2026-11-28'), on('2026-11-29')]).toEqual([0, 0]);
    const friday = calls.filter((call) => new Date(call).toISOString().startsWith('2026-11-27'));
    expect([friday[0]! >= at('2026-11-27T09:00:00Z'), friday.at(-1)! <= at('2026-11-27T22:01:00Z')]).toEqual([true, true]);
    expect(friday.length).toBeGreaterThan(500);
    for (const { at: instant, askedAt } of reads)
      if (isLive(instant)) expect(instant - Math.max(askedAt, liveSince(instant))).toBeLessThanOrEqual(BOUND_MS);
  });

  test.each([
    ['AIG', 'us-equity-1m.csv.gz', '2013-10-04T12:00:00Z', '2013-10-07T15:00:00Z'],
    ['AAPL', 'us-equity-1m.csv.gz', '2014-06-05T08:00:00Z', '2014-06-07T12:00:00Z'],
  ])('and was recorded (%s) is never fresh beyond what it could have changed to', async (id, file, from, to) => {
    const priceAt = await tapeOf(id, file);
    const truthAt = await tapeOf(id, file);
    const { calls, reads } = await read(id, at(from), at(to), priceAt);
    const truth = reads.map(({ at: instant }) => truthAt(instant));
    for (const [index, { at: instant, askedAt, price }] of reads.entries()) {
      if (price === truth[index]) continue;
      // An old price is told within the bound of when it was asked for, and of the next phase in which it can change.
      expect(instant - askedAt).toBeLessThanOrEqual(isLive(instant) ? BOUND_MS : BOUND_MS + SETTLE_MS);
    }
    // Outside its coverage a calendar only carries its rules on, and a rest is believed for an hour at a time.
    const resting = calls.filter((call) => !isLive(call) && !isLive(call - 2 * MINUTE));
    const restedHours = reads.filter(({ at: instant }) => !isLive(instant)).length * (READ_EVERY_MS / 3_600_000);
    expect(resting.length).toBeLessThanOrEqual(restedHours + 1);
  });
});
