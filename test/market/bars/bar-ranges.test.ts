import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { kind } from '../../../src/cache/kind/kind.ts';
import { createCache } from '../../../src/create-cache.ts';
import { ConfigError } from '../../../src/errors.ts';
import type { Bar } from '../../../src/market/bar.ts';
import type { BarChunk } from '../../../src/market/bars/bar-chunk.ts';
import { type BarRange, BarRanges, type BarRangesOptions, type BarTail } from '../../../src/market/bars/bar-ranges.ts';
import type { BarCall, BarSubject } from '../../../src/market/bars/bar-source.ts';
import { ALWAYS, type BarTime } from '../../../src/market/bars/bar-time.ts';
import type { Stretch } from '../../../src/market/bars/coverage.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../src/time/duration.ts';

const MONDAY = Date.UTC(2026, 0, 5);
const AAPL: BarSubject = { symbol: 'AAPL', interval: '1m' };
const DELAY = 30 * SECOND;

/** Trades from 14:30 to 21:00 UTC on weekdays, but for the Wednesday. */
const WEEKDAYS: BarTime = {
  stretches(from, to) {
    const open: Stretch[] = [];
    for (let day = Math.floor(from / DAY) * DAY; day < to; day += DAY) {
      const stretch = { from: Math.max(from, day + 14.5 * HOUR), to: Math.min(to, day + 21 * HOUR) };
      if (isOpenOn(day) && stretch.from < stretch.to) open.push(stretch);
    }
    return open;
  },
  endOf: ALWAYS.endOf,
};

const isOpenOn = (day: number): boolean => ![0, 6].includes(new Date(day).getUTCDay()) && day !== MONDAY + 2 * DAY;
const isTraded = (startAt: number): boolean => WEEKDAYS.stretches(startAt, startAt + 1, '1m').length > 0;

/** The bar at an instant: its numbers tell the instant, and whether it was complete when it was told. */
const barAt = (startAt: number, isWhole: boolean): Bar => ({
  startAt,
  open: startAt,
  high: startAt,
  low: startAt,
  close: isWhole ? 1 : 0,
  volume: 5,
});

function instantsOf({ bars }: BarRange): number[] {
  return [...bars.instants];
}

describe('ranges of bars', () => {
  let clock: FakeClock;
  let calls: Omit<BarCall, 'signal'>[];
  /** How often each bar was told, once it was final. */
  let told: Map<number, number>;
  /** The source has bars from there on only later. */
  let behindFrom: number;
  let failure: Error | undefined;
  let cache: ReturnType<typeof opened>;
  let ranges: BarRanges;

  function opened(maxEntries = 1_000) {
    return createCache({
      kinds: {
        chunk: kind<string, BarChunk>({
          lifetime: '365d',
          tags: (key) => (key.includes(':adjusted:') ? [`adjusted:${key.split(':')[0]}`] : []),
        }),
        tail: kind<string, BarTail>({ lifetime: '5s' }),
      },
      memory: { maxEntries },
      clock,
    });
  }

  async function source(call: Omit<BarCall, 'signal'>): Promise<readonly Bar[]> {
    calls.push(call);
    await Promise.resolve();
    if (failure) throw failure;
    const bars: Bar[] = [];
    for (let startAt = call.from; startAt < call.to && startAt <= clock.now(); startAt += MINUTE) {
      if (!isTraded(startAt) || startAt >= behindFrom) continue;
      const isFinal = startAt + MINUTE + DELAY <= clock.now();
      if (isFinal) told.set(startAt, (told.get(startAt) ?? 0) + 1);
      bars.push(barAt(startAt, startAt + MINUTE <= clock.now()));
    }
    return bars;
  }

  function rangesOver(options: Partial<BarRangesOptions> = {}): BarRanges {
    return new BarRanges({ chunks: cache.chunk, tails: cache.tail, source, clock, timeOf: () => WEEKDAYS, ...options });
  }

  /** What a range should tell at `now`. */
  function expected(from: number, to: number): number[] {
    const instants: number[] = [];
    for (let at = Math.ceil(from / MINUTE) * MINUTE; at < to && at <= clock.now(); at += MINUTE) if (isTraded(at)) instants.push(at);
    return instants;
  }

  beforeEach(() => {
    clock = new FakeClock(MONDAY + 10 * DAY);
    calls = [];
    told = new Map();
    behindFrom = Number.POSITIVE_INFINITY;
    failure = undefined;
    cache = opened();
    ranges = rangesOver();
  });
  afterEach(() => cache.close());

  test('are asked for once: repeated, they make no call', async () => {
    const [from, to] = [MONDAY, MONDAY + 5 * DAY];
    const first = await ranges.read(AAPL, from, to);
    expect(instantsOf(first)).toEqual(expected(from, to));
    expect(first.tailAskedAt).toBeUndefined();
    const asked = calls.length;
    for (let round = 0; round < 5; round += 1) expect(instantsOf(await ranges.read(AAPL, from, to))).toEqual(expected(from, to));
    expect(calls).toHaveLength(asked);
  });

  test('ask for nothing where nothing trades: holidays and weekends are no gaps', async () => {
    expect(instantsOf(await ranges.read(AAPL, MONDAY + 2 * DAY, MONDAY + 3 * DAY))).toEqual([]);
    expect(instantsOf(await ranges.read(AAPL, MONDAY + 4 * DAY + 21 * HOUR, MONDAY + 7 * DAY))).toEqual([]);
    expect(calls).toEqual([]);
  });

  test('ask for what is missing alone, and for all that is missing at once', async () => {
    const at = (hours: number): number => MONDAY + hours * HOUR;
    await ranges.read(AAPL, at(15), at(16));
    await ranges.read(AAPL, at(17), at(18));
    calls = [];
    await ranges.read(AAPL, at(14), at(19));
    expect(calls.map(({ from, to }) => [from, to])).toEqual([
      [at(14.5), at(15)],
      [at(16), at(17)],
      [at(18), at(19)],
    ]);
    calls = [];
    // Between them lie two nights and a holiday: nothing that the same call would bring anew.
    await ranges.read(AAPL, MONDAY + DAY + 20 * HOUR, MONDAY + 3 * DAY + 15 * HOUR);
    expect(calls.map(({ from, to }) => [from, to])).toEqual([[at(24 + 20), at(72 + 15)]]);
  });

  test('are asked for in pages no larger than the source gives', async () => {
    ranges = rangesOver({ pageSize: 60 });
    await ranges.read(AAPL, MONDAY + 14.5 * HOUR, MONDAY + 21 * HOUR);
    expect(calls).toHaveLength(7);
    expect(calls.every(({ from, to }) => to - from <= 60 * MINUTE)).toBe(true);
    expect([...told.values()].every((times) => times === 1)).toBe(true);
  });

  test('whatever is asked for, together or in turn, as time goes on: each final bar is told once, and what is told is right', async () => {
    const minutes = fc.integer({ min: 0, max: 3 * 24 * 60 });
    const step = fc.oneof(
      fc.record({ ranges: fc.array(fc.tuple(minutes, fc.integer({ min: 0, max: 600 })), { minLength: 1, maxLength: 3 }) }),
      fc.record({ passes: fc.integer({ min: 1, max: 5_000 }) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 15, size: 'max' }), async (steps) => {
        clock = new FakeClock(MONDAY + 15 * HOUR);
        told = new Map();
        cache = opened();
        ranges = rangesOver({ pageSize: 100 });
        for (const step of steps) {
          if ('passes' in step) {
            await clock.advance(step.passes * SECOND);
            continue;
          }
          const asked = step.ranges.map(([from, length]) => [MONDAY + from * MINUTE, MONDAY + (from + length) * MINUTE] as const);
          const answers = await Promise.all(asked.map(([from, to]) => ranges.read(AAPL, from, to)));
          for (const [at, answer] of answers.entries()) {
            const [from, to] = asked[at]!;
            const edge = Math.floor((clock.now() - DELAY) / MINUTE) * MINUTE;
            expect(answer.finalUntil).toBe(edge);
            const instants = instantsOf(answer);
            // The newest bars may be as old as the tail, which lives for five seconds.
            const newest = clock.now() - 5 * SECOND;
            expect(instants.filter((instant) => instant <= newest)).toEqual(expected(from, to).filter((instant) => instant <= newest));
            for (const [row, instant] of instants.entries()) if (instant < edge) expect(answer.bars.value(row, 'close')).toBe(1);
          }
        }
        for (const [instant, times] of told) expect([instant, times]).toEqual([instant, 1]);
        await cache.close();
      }),
      { numRuns: 60 },
    );
  });

  test('tell a bar that is not final yet for what it is, and ask for it again once it is', async () => {
    clock = new FakeClock(MONDAY + 15 * HOUR + 90 * SECOND);
    cache = opened();
    ranges = rangesOver();
    const from = MONDAY + 15 * HOUR;
    const early = await ranges.read(AAPL, from, from + 10 * MINUTE);
    // The first has been complete for 30 seconds; the second is under way.
    expect(instantsOf(early)).toEqual([from, from + MINUTE]);
    expect([early.finalUntil, early.tailAskedAt]).toEqual([from + MINUTE, clock.now()]);
    expect(early.bars.value(1, 'close')).toBe(0);
    await clock.advance(2 * MINUTE);
    const late = await ranges.read(AAPL, from, from + 2 * MINUTE);
    expect([late.finalUntil, late.bars.value(1, 'close')]).toEqual([from + 3 * MINUTE, 1]);
    expect(told.get(from + MINUTE)).toBe(1);
  });

  test('say honestly where a source is behind, do not press it, and have what it brings later', async () => {
    clock = new FakeClock(MONDAY + 16 * HOUR);
    cache = opened();
    ranges = rangesOver();
    behindFrom = MONDAY + 15.5 * HOUR;
    const [from, to] = [MONDAY + 15 * HOUR, MONDAY + 15.75 * HOUR];
    for (let round = 0; round < 3; round += 1) {
      const answer = await ranges.read(AAPL, from, to);
      expect(answer.finalUntil).toBe(behindFrom);
      expect(instantsOf(answer)).toEqual(expected(from, behindFrom));
    }
    expect(calls).toHaveLength(1);
    behindFrom = Number.POSITIVE_INFINITY;
    await clock.advance(61 * SECOND);
    expect(instantsOf(await ranges.read(AAPL, from, to))).toEqual(expected(from, to));
    expect([...told.values()].every((times) => times === 1)).toBe(true);
  });

  test('keep nothing of a call that failed, and ask again', async () => {
    failure = new Error('429');
    const read = (): Promise<BarRange> => ranges.read(AAPL, MONDAY + 15 * HOUR, MONDAY + 16 * HOUR);
    const both = await Promise.allSettled([read(), read()]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(calls).toHaveLength(1);
    failure = undefined;
    expect(instantsOf(await read())).toHaveLength(60);
  });

  test('are right where the cache keeps nothing', async () => {
    cache = opened(1);
    ranges = rangesOver();
    const [from, to] = [MONDAY, MONDAY + 2 * DAY];
    expect(instantsOf(await ranges.read(AAPL, from, to))).toEqual(expected(from, to));
  });

  test('are put in order, and told once, however the source has them; what is none of the range is left out', async () => {
    ranges = rangesOver({
      source: async (call) => {
        const bars = await source(call);
        const strange = [barAt(call.from - DAY, true), barAt(Number.NaN, true), barAt(MONDAY + 3 * HOUR, true)];
        return [...bars.slice(200), ...strange, ...bars.slice(0, 250), ...bars.slice(100, 110)];
      },
    });
    expect(instantsOf(await ranges.read(AAPL, MONDAY, MONDAY + DAY))).toEqual(expected(MONDAY, MONDAY + DAY));
    ranges = rangesOver({ source: (async () => undefined) as never });
    await expect(ranges.read({ ...AAPL, symbol: 'X' }, MONDAY, MONDAY + DAY)).rejects.toThrow(
      'The source of 1m bars of X answered with no list of bars',
    );
  });

  test('that begin at no multiple of their interval are refused: nobody could say when they are final', async () => {
    ranges = rangesOver({ source: async ({ from }) => [barAt(from + 30_000, true)] });
    await expect(ranges.read(AAPL, MONDAY, MONDAY + DAY)).rejects.toThrow(
      'A 1m bar of AAPL begins at 2026-01-05T14:30:30.000Z; bars begin at multiples',
    );
  });

  test('that were asked for before a cut are delivered, and not kept', async () => {
    const subject = { ...AAPL, isAdjusted: true };
    const { promise: goesOn, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: isAsked, resolve: asked } = Promise.withResolvers<void>();
    ranges = rangesOver({
      source: async (call) => {
        const bars = await source(call);
        asked();
        if (calls.length === 1) await goesOn;
        return bars;
      },
    });
    const before = ranges.read(subject, MONDAY, MONDAY + DAY);
    await isAsked;
    ranges.cut('AAPL');
    await cache.invalidate({ tag: 'adjusted:AAPL' });
    await ranges.read(subject, MONDAY, MONDAY + DAY);
    goOn();
    expect(instantsOf(await before)).toHaveLength(390);
    expect(calls).toHaveLength(2);
    await ranges.read(subject, MONDAY, MONDAY + DAY);
    expect(calls).toHaveLength(2);
  });

  test('of a source that hangs fail at its deadline, and are asked for again', async () => {
    let aborted = false;
    let isHung = true;
    ranges = rangesOver({
      source: (call) => {
        if (!isHung) return source(call);
        isHung = false;
        call.signal.addEventListener('abort', () => {
          aborted = true;
        });
        return new Promise(() => undefined);
      },
    });
    const hung = ranges.read(AAPL, MONDAY, MONDAY + DAY).catch((error: unknown) => error);
    await clock.advance(30_001);
    expect(await hung).toMatchObject({ code: 'ERR_LOAD_TIMEOUT' });
    expect(aborted).toBe(true);
    expect(instantsOf(await ranges.read(AAPL, MONDAY, MONDAY + DAY))).toHaveLength(390);
  });

  test('of many pages are asked for a few at a time, those that are not final in pages as well', async () => {
    let atOnce = 0;
    let most = 0;
    clock = new FakeClock(MONDAY + 20 * HOUR);
    cache = opened();
    ranges = rangesOver({
      pageSize: 20,
      lag: '2h',
      source: async (call) => {
        atOnce += 1;
        most = Math.max(most, atOnce);
        const bars = await source(call);
        atOnce -= 1;
        return bars;
      },
    });
    expect(instantsOf(await ranges.read(AAPL, MONDAY, MONDAY + DAY))).toEqual(expected(MONDAY, MONDAY + DAY));
    expect(most).toBe(4);
    expect(calls.every(({ from, to }) => to - from <= 20 * MINUTE)).toBe(true);
  });

  test('that are not final come from pages whose source tells more than it is asked for', async () => {
    clock = new FakeClock(MONDAY + 16 * HOUR);
    cache = opened();
    ranges = rangesOver({
      pageSize: 20,
      lag: '2h',
      source: (call) => source({ ...call, from: call.from - 30 * MINUTE, to: call.to + 30 * MINUTE }),
    });
    expect(instantsOf(await ranges.read(AAPL, MONDAY, MONDAY + DAY))).toEqual(expected(MONDAY, MONDAY + DAY));
  });

  test('that were not traded at the end of one range hide none of another', async () => {
    clock = new FakeClock(MONDAY + 16 * HOUR);
    cache = opened();
    ranges = rangesOver({
      source: async (call) => (await source(call)).filter(({ startAt }) => startAt < MONDAY + 14.9 * HOUR || startAt >= MONDAY + 15 * HOUR),
    });
    expect((await ranges.read(AAPL, MONDAY, MONDAY + 15 * HOUR)).finalUntil).toBeLessThan(MONDAY + 15 * HOUR);
    expect(instantsOf(await ranges.read(AAPL, MONDAY + 15 * HOUR, MONDAY + 15.5 * HOUR))).toHaveLength(30);
  });

  test('are known to another reader of the same cache', async () => {
    await ranges.read(AAPL, MONDAY, MONDAY + DAY);
    calls = [];
    expect(instantsOf(await rangesOver().read(AAPL, MONDAY, MONDAY + DAY))).toEqual(expected(MONDAY, MONDAY + DAY));
    expect(calls).toEqual([]);
  });

  test('a split ends the adjusted history of its instrument, and nothing else', async () => {
    const MSFT: BarSubject = { symbol: 'MSFT', interval: '1m' };
    const all = [AAPL, { ...AAPL, isAdjusted: true }, { ...MSFT, isAdjusted: true }];
    for (const subject of all) await ranges.read(subject, MONDAY, MONDAY + DAY);
    calls = [];
    await cache.invalidate({ tag: 'adjusted:AAPL' });
    for (const subject of all) await ranges.read(subject, MONDAY, MONDAY + DAY);
    expect(calls.map(({ symbol, isAdjusted }) => [symbol, isAdjusted])).toEqual([['AAPL', true]]);
  });

  test('end the wait of a reader who gives up, and of no other', async () => {
    const abort = new AbortController();
    const given = ranges.read(AAPL, MONDAY, MONDAY + DAY, abort.signal);
    const other = ranges.read(AAPL, MONDAY, MONDAY + DAY);
    abort.abort(new Error('enough'));
    await expect(given).rejects.toThrow('enough');
    expect(instantsOf(await other)).toHaveLength(390);
    expect(calls).toHaveLength(1);
  });

  test.each([
    [Number.NaN, 5],
    [5, Number.POSITIVE_INFINITY],
    [5, 4],
  ])('from %d to %d are none', async (from, to) => {
    await expect(ranges.read(AAPL, from, to)).rejects.toThrow(ConfigError);
  });

  test.each([
    [{ source: undefined as never }, '`source` is no function; give one'],
    [{ timeOf: 5 as never }, '`timeOf` is no function; give one'],
    [{ pageSze: 5 } as never, 'knows no "pageSze"'],
  ])('are not made of %j', (options, says) => {
    expect(() => rangesOver(options)).toThrow(says);
  });

  test('are of an interval there is, and not of millions of bars', async () => {
    await expect(ranges.read({ symbol: 'X', interval: '2m' as never }, 0, 1)).rejects.toThrow('`interval` is "2m"; give one of 1m, 5m');
    await expect(ranges.read(AAPL, Number.MIN_SAFE_INTEGER, MONDAY)).rejects.toThrow('ask for 5000000 at most at once');
  });

  test('need a page of one bar, and a call at a time, at least', () => {
    expect(() => rangesOver({ maxConcurrentCalls: 0 })).toThrow('`maxConcurrentCalls` is 0; give a whole number from 1 up');
    expect(() => rangesOver({ pageSize: 0 })).toThrow('`pageSize` is 0; give a whole number from 1 up');
  });
});
