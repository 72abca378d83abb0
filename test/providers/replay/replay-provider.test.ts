import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ConfigError } from '../../../src/errors.ts';
import { ReplayProvider } from '../../../src/providers/replay/replay-provider.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { SECOND } from '../../../src/time/duration.ts';

const T = Date.parse('2026-01-05T14:30:00Z');

const immediately = (_delayMs: number, action: () => void): (() => void) => {
  action();
  return () => undefined;
};

/** A provider that answers without a wait, at an instant of its own. */
function replayAt(now: number, speed = 1): ReplayProvider {
  return new ReplayProvider({ clock: { now: () => now, monotonic: () => now, recent: () => now, after: immediately }, speed });
}

describe('ReplayProvider', () => {
  test('tells its symbols, and the intervals in which it has or can make bars', () => {
    const replay = new ReplayProvider();
    expect(replay.symbols().length).toBeGreaterThanOrEqual(50);
    expect(replay.symbols()).toEqual([...replay.symbols()].sort());
    expect(replay.intervals('MSFT')).toEqual(['1d']);
    expect(replay.intervals('SPY')).toEqual(['1m', '5m', '15m', '30m', '1h', '1d']);
    expect(replay.intervals('NOPE')).toEqual([]);
  });

  test('quotes the symbols it knows, and leaves out those it does not', async () => {
    const quotes = await replayAt(T).quotes(['AAPL', 'NOPE', 'BTC-USD', 'MSFT'], {});
    expect([...quotes.keys()]).toEqual(['AAPL', 'BTC-USD', 'MSFT']);
    expect(quotes.get('AAPL')).toMatchObject({ symbol: 'AAPL', currency: 'USD', source: 'replay', price: expect.any(Number) });
  });

  test('quotes currencies by bid and ask, with the price between them', async () => {
    const quote = (await replayAt(T).quotes(['EURUSD'], {})).get('EURUSD');
    if (quote?.bid === undefined || quote.ask === undefined) throw new Error('EURUSD has no bid and ask');
    expect(quote.bid).toBeLessThan(quote.ask);
    expect(quote.price).toBeCloseTo((quote.bid + quote.ask) / 2, 8);
    expect(quote.volume).toBeUndefined();
  });

  test('quotes a price that was recorded, within the day it was recorded on', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 10 ** 9 }), fc.constantFrom('AAPL', 'MSFT', 'ES'), async (later, symbol) => {
        const replay = replayAt(T + later);
        const quote = (await replay.quotes([symbol], {})).get(symbol);
        const [finest = '1d'] = replay.intervals(symbol);
        const [bar] = (await replay.bars(symbol, { interval: finest, from: quote?.recordedAt, limit: 100_000 })) ?? [];
        expect(bar).toMatchObject({ startAt: quote?.recordedAt, close: quote?.price });
        expect(quote?.high).toBeGreaterThanOrEqual(bar?.high ?? Infinity);
        expect(quote?.low).toBeLessThanOrEqual(bar?.low ?? -Infinity);
      }),
      { numRuns: 20 },
    );
  });

  test('says the same at the same instant, whichever process asks, and in whatever company', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 2 ** 41 }), fc.constantFrom(1, 0.5, 7, 1_000), async (now, speed) => {
        const alone = await replayAt(now, speed).quotes(['SPY'], {});
        const together = await replayAt(now, speed).quotes(['AAPL', 'SPY'], {});
        expect(together.get('SPY')).toEqual(alone.get('SPY'));
      }),
      { numRuns: 50 },
    );
  });

  test('never goes back in event time while the clock does not, and is never ahead of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 2 ** 41 }),
        fc.array(fc.integer({ min: 0, max: 10 ** 7 }), { size: 'max', maxLength: 200 }),
        fc.constantFrom(1, 3, 250),
        async (start, waits, speed) => {
          let now = start;
          const replay = new ReplayProvider({
            clock: { now: () => now, monotonic: () => now, recent: () => now, after: immediately },
            speed,
          });
          let before = -Infinity;
          for (const wait of waits) {
            now += wait;
            const asOf = (await replay.quotes(['BTC-USD'], {})).get('BTC-USD')?.asOf ?? Number.NaN;
            expect(asOf).toBeGreaterThanOrEqual(before);
            expect(asOf).toBeLessThanOrEqual(now);
            expect(asOf).toBeGreaterThan(now - SECOND);
            before = asOf;
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  test('moves to the next recorded point when a step is over, and faster at a higher speed', async () => {
    const recordedAt = async (now: number, speed: number): Promise<number> =>
      (await replayAt(now, speed).quotes(['BTC-USD'], {})).get('BTC-USD')?.recordedAt ?? 0;
    expect(await recordedAt(T + SECOND, 1)).toBeGreaterThan(await recordedAt(T, 1));
    expect(await recordedAt(T + SECOND / 10, 10)).toBeGreaterThan(await recordedAt(T, 10));
  });

  test('gives bars at the dates they were recorded, from the first instant up to but not with the last', async () => {
    const bars = await replayAt(T).bars('AAPL', { interval: '1d', from: Date.parse('2014-06-05'), to: Date.parse('2014-06-10') });
    expect(bars?.map((bar) => new Date(bar.startAt).toISOString().slice(0, 10))).toEqual(['2014-06-05', '2014-06-06', '2014-06-09']);
    expect(bars?.[0]).toEqual({
      startAt: Date.parse('2014-06-05'),
      open: 92.3143,
      high: 92.7671,
      low: 91.8014,
      close: 92.4786,
      adjClose: 87.0449,
      volume: 75951400,
    });
  });

  test('gives the last bars where a limit is set', async () => {
    const bars = await replayAt(T).bars('AAPL', { interval: '1d', limit: 2 });
    expect(bars?.map((bar) => bar.startAt)).toEqual([Date.parse('2017-08-31'), Date.parse('2017-09-01')]);
  });

  test('makes bars of finer ones where none were recorded', async () => {
    const replay = replayAt(T);
    const from = Date.parse('2013-10-07T14:00:00Z');
    const minutes = (await replay.bars('SPY', { interval: '1m', from, to: from + 900 * SECOND })) ?? [];
    const [quarter] = (await replay.bars('SPY', { interval: '15m', from, to: from + 900 * SECOND })) ?? [];
    expect(minutes).toHaveLength(15);
    expect(quarter).toMatchObject({
      startAt: from,
      open: minutes[0]?.open,
      high: Math.max(...minutes.map((bar) => bar.high)),
      low: Math.min(...minutes.map((bar) => bar.low)),
      close: minutes.at(-1)?.close,
      volume: minutes.reduce((sum, bar) => sum + (bar.volume ?? 0), 0),
    });
  });

  test('has no bars of a symbol it does not know, nor of an interval finer than was recorded', async () => {
    await expect(replayAt(T).bars('NOPE', { interval: '1d' })).resolves.toBeUndefined();
    await expect(replayAt(T).bars('MSFT', { interval: '1m' })).resolves.toBeUndefined();
  });

  test('takes as long as it is told to, for one symbol as for all', async () => {
    const clock = new FakeClock(T);
    const replay = new ReplayProvider({ clock, latency: '40ms' });
    let answered = false;
    const asked = replay.quotes(replay.symbols(), {}).then(() => {
      answered = true;
    });
    await clock.advance(39);
    expect(answered).toBe(false);
    await clock.advance(1);
    await asked;
    expect(answered).toBe(true);
  });

  test('ends a call when told to, and leaves no timer behind', async () => {
    const clock = new FakeClock(T);
    const replay = new ReplayProvider({ clock });
    const ended = new AbortController();
    const asked = replay.quotes(['AAPL'], { signal: ended.signal });
    ended.abort(new Error('the reader has left'));
    await expect(asked).rejects.toThrow('the reader has left');
    await expect(replay.bars('AAPL', { interval: '1d', signal: ended.signal })).rejects.toThrow('the reader has left');
    expect(clock.timerCount).toBe(0);
  });

  test('refuses a folder without recorded data, and a speed that is none, and says what to give', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tiercel-data-'));
    expect(() => new ReplayProvider({ folder })).toThrow(ConfigError);
    writeFileSync(join(folder, 'index.json'), '{"series":[{"symbol":"A"}]}');
    expect(() => new ReplayProvider({ folder })).toThrow(/does not list series/);
    expect(() => new ReplayProvider({ speed: 0 })).toThrow(/`speed` is 0; give a number above 0/);
  });
});
