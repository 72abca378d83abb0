import { describe, expect, test } from 'vitest';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import { FakeClock } from '../../../src/testing/fake-clock.ts';
import { UNTAGGED } from '../../../src/tiers/memory/entry-columns.ts';
import { EntryStore } from '../../../src/tiers/memory/entry-store.ts';
import { MemoryPartition } from '../../../src/tiers/memory/memory-partition.ts';
import type { Clock } from '../../../src/time/clock.ts';
import { SECOND } from '../../../src/time/duration.ts';
import { surroundings } from './surroundings.ts';

function memory(clock: Clock = new FakeClock()) {
  const told: string[] = [];
  const store = new EntryStore('lru', surroundings({}, clock));
  const observer = { removed: (key: string, cause: string) => told.push(`${key} ${cause}`), oversized: (key: string) => told.push(key) };
  return { store, told, partition: new MemoryPartition<unknown>(store, {}, observer) };
}

function entryOf(key: string, value: unknown, rest: Partial<Entry> = {}): Entry {
  const staleAt = rest.staleAt ?? 5 * SECOND;
  return {
    key,
    value,
    isNegative: false,
    eventAt: undefined,
    askedAt: 0,
    staleAt,
    deadAt: staleAt,
    version: OLDEST,
    tags: NO_TAGS,
    source: undefined,
    isFinal: false,
    why: '',
    ...rest,
  };
}

describe('what memory hands out', () => {
  test('is the value itself, while it is fresh to the millisecond', async () => {
    const clock = new FakeClock();
    const { partition } = memory(clock);
    const quote = { price: 187.25 };
    partition.put(entryOf('AAPL', quote), 5 * SECOND);
    await clock.advance(5 * SECOND - 0.001);
    expect(partition.read('AAPL')).toBe(quote);
    await clock.advance(0.001);
    expect(partition.read('AAPL')).toBeUndefined();
  });

  test('is told apart from nothing when it is null, false, 0 or empty', () => {
    const { partition } = memory();
    for (const value of [null, false, 0, '']) {
      partition.put(entryOf('AAPL', value), 5 * SECOND);
      expect(partition.read('AAPL')).toBe(value);
    }
  });

  test('is nothing when the source had nothing, and the entry says so', () => {
    const { partition } = memory();
    partition.put(entryOf('AAPL', undefined, { isNegative: true }), 5 * SECOND);
    expect(partition.read('AAPL')).toBeUndefined();
    expect(partition.find('AAPL')).toMatchObject({ isNegative: true, value: undefined });
  });

  test('is left to the slow path once it wants attention, though it is fresh', async () => {
    const clock = new FakeClock();
    const { partition } = memory(clock);
    partition.put(entryOf('AAPL', 1), 4 * SECOND);
    await clock.advance(4 * SECOND - 1);
    expect(partition.read('AAPL')).toBe(1);
    await clock.advance(1);
    expect(partition.read('AAPL')).toBeUndefined();
    expect(partition.find('AAPL')).toMatchObject({ value: 1, staleAt: 5 * SECOND });
  });

  test('stays findable, stale, until its grace ends to the millisecond', async () => {
    const clock = new FakeClock();
    const { partition, told } = memory(clock);
    partition.put(entryOf('AAPL', 1, { deadAt: 6 * SECOND }), 5 * SECOND);
    await clock.advance(6 * SECOND - 1);
    expect(partition.find('AAPL')).toMatchObject({ value: 1, deadAt: 6 * SECOND });
    await clock.advance(1);
    expect(partition.find('AAPL')).toBeUndefined();
    expect(told).toEqual(['AAPL expired']);
  });

  // A comparison with NaN is false, and `read` takes that for "not yet".
  test('is nothing when nobody knows until when it is fresh', async () => {
    const clock = new FakeClock();
    const { partition } = memory(clock);
    partition.put(entryOf('AAPL', 1), Number.NaN);
    await clock.advance(10 * SECOND);
    expect(partition.read('AAPL')).toBeUndefined();
  });

  test('is all that was put in: instants, version, tags, source, finality, reason', () => {
    const { partition } = memory();
    const entry = entryOf('AAPL', 1, {
      eventAt: 17,
      askedAt: 3,
      deadAt: 9 * SECOND,
      version: { stamp: 8_192 * 1e11, origin: 0xffff_ffff },
      tags: ['sym:AAPL'],
      source: 'replay',
      isFinal: true,
      why: 'closed until Monday',
    });
    partition.put(entry, 5 * SECOND);
    expect(partition.find('AAPL')).toEqual(entry);
  });
});

describe('the time on the fast path', () => {
  /** A clock whose samples lag behind its exact time. */
  class LaggingClock extends FakeClock {
    lagMs = 0;
    exactReads = 0;

    override recent(): number {
      return super.monotonic() - this.lagMs;
    }

    override monotonic(): number {
      this.exactReads += 1;
      return super.monotonic();
    }
  }

  test('is exact for an entry that is about to become stale, however old the sample', async () => {
    const clock = new LaggingClock();
    const { partition } = memory(clock);
    partition.put(entryOf('AAPL', 1, { staleAt: 20 * SECOND, deadAt: 20 * SECOND }), 20 * SECOND);
    await clock.advance(20 * SECOND);
    clock.lagMs = 10 * SECOND;
    expect(partition.read('AAPL')).toBeUndefined();
  });

  test('is a sample for an entry that has longer to live', () => {
    const clock = new LaggingClock();
    const { partition } = memory(clock);
    partition.put(entryOf('AAPL', 1, { staleAt: 20 * SECOND, deadAt: 20 * SECOND }), 20 * SECOND);
    clock.exactReads = 0;
    expect(partition.read('AAPL')).toBe(1);
    expect(clock.exactReads).toBe(0);
  });
});

describe('of two entries for a key, memory keeps', () => {
  const orders: [string, Partial<Entry>, Partial<Entry>, string][] = [
    [
      'the later event, whatever the versions',
      { eventAt: 2, version: { stamp: 1, origin: 1 } },
      { eventAt: 1, version: { stamp: 9, origin: 1 } },
      'outdated',
    ],
    [
      'the later event when it comes second',
      { eventAt: 1, version: { stamp: 9, origin: 1 } },
      { eventAt: 2, version: { stamp: 1, origin: 1 } },
      'stored',
    ],
    [
      'the newer version of the same event',
      { eventAt: 1, version: { stamp: 2, origin: 1 } },
      { eventAt: 1, version: { stamp: 1, origin: 1 } },
      'outdated',
    ],
    [
      'the newer version when one has no event time',
      { eventAt: 5, version: { stamp: 1, origin: 1 } },
      { version: { stamp: 2, origin: 1 } },
      'stored',
    ],
    [
      'the older entry when that has no event time and is newer',
      { version: { stamp: 2, origin: 1 } },
      { eventAt: 5, version: { stamp: 1, origin: 1 } },
      'outdated',
    ],
    ['the higher origin in the same tick', { version: { stamp: 1, origin: 2 } }, { version: { stamp: 1, origin: 1 } }, 'outdated'],
    ['the second when nothing tells them apart', { version: { stamp: 1, origin: 1 } }, { version: { stamp: 1, origin: 1 } }, 'stored'],
    ['the second when neither has a version', {}, {}, 'stored'],
    ['the event at 0, which is a time like any other', { eventAt: 0 }, { eventAt: -1 }, 'outdated'],
  ];
  test.each(orders)('%s', (_, first, second, admission) => {
    const { partition } = memory();
    partition.put(entryOf('AAPL', 'first', first), 5 * SECOND);
    expect(partition.put(entryOf('AAPL', 'second', second), 5 * SECOND)).toBe(admission);
    expect(partition.read('AAPL')).toBe(admission === 'stored' ? 'second' : 'first');
  });

  test('the second when the first is dead, be it newer or not', async () => {
    const clock = new FakeClock();
    const { partition, told } = memory(clock);
    partition.put(entryOf('AAPL', 'first', { eventAt: 2, staleAt: 500, deadAt: 500 }), 500);
    await clock.advance(500);
    expect(partition.put(entryOf('AAPL', 'second', { eventAt: 1 }), 5 * SECOND)).toBe('stored');
    expect(told).toEqual(['AAPL expired']);
  });
});

describe('an entry made stale on request', () => {
  test('is kept for what is left of its grace, from then on', async () => {
    const clock = new FakeClock();
    const { partition, told } = memory(clock);
    partition.put(entryOf('AAPL', 1, { deadAt: 7 * SECOND }), 5 * SECOND);
    await clock.advance(SECOND);
    expect(partition.expire('AAPL', clock.monotonic())).toBe(true);
    expect(partition.read('AAPL')).toBeUndefined();
    expect(partition.find('AAPL')).toMatchObject({ staleAt: SECOND, deadAt: 3 * SECOND });
    await clock.advance(2 * SECOND);
    expect(partition.find('AAPL')).toBeUndefined();
    expect(told).toEqual(['AAPL expired']);
  });

  test('gets no longer grace when it was stale before', async () => {
    const clock = new FakeClock();
    const { partition } = memory(clock);
    partition.put(entryOf('AAPL', 1, { deadAt: 7 * SECOND }), 5 * SECOND);
    await clock.advance(6 * SECOND);
    partition.expire('AAPL', clock.monotonic());
    expect(partition.find('AAPL')).toMatchObject({ staleAt: 5 * SECOND, deadAt: 7 * SECOND });
  });

  test('is gone at once when it has no grace', () => {
    const { partition } = memory();
    partition.put(entryOf('AAPL', 1), 5 * SECOND);
    partition.expire('AAPL', 0);
    expect(partition.find('AAPL')).toBeUndefined();
    expect([...partition.keys()]).toEqual([]);
  });

  test('is none where there is none', () => {
    const { partition } = memory();
    expect(partition.expire('AAPL', 0)).toBe(false);
    expect(partition.remove('AAPL', 'explicit')).toBe(false);
  });
});

describe('doubt', () => {
  const tagged = (key: string) => entryOf(key, key, { tags: ['sym:AAPL'] });

  test('leaves every entry with tags to the slow path until it is confirmed, and no other', () => {
    const { partition, store } = memory();
    partition.put(entryOf('plain', 'plain'), 5 * SECOND);
    partition.put(tagged('a'), 5 * SECOND);
    partition.put(tagged('b'), 5 * SECOND);
    store.doubtTagged();
    expect([partition.read('plain'), partition.read('a'), partition.read('b')]).toEqual(['plain', undefined, undefined]);
    partition.confirm('a');
    expect([partition.read('a'), partition.read('b')]).toEqual(['a', undefined]);
    store.doubtTagged();
    expect(partition.read('a')).toBeUndefined();
  });

  test('does not fall on what is put afterwards', () => {
    const { partition, store } = memory();
    partition.put(tagged('a'), 5 * SECOND);
    store.doubtTagged();
    partition.put(tagged('a'), 5 * SECOND);
    expect(partition.read('a')).toBe('a');
  });

  test('is the same after 2^32 doubts: what was confirmed before is doubted, what has no tags is not', () => {
    const { partition, store } = memory();
    partition.put(entryOf('plain', 'plain'), 5 * SECOND);
    partition.put(tagged('a'), 5 * SECOND);
    partition.put(tagged('b'), 5 * SECOND);
    store.doubt = UNTAGGED - 2;
    partition.confirm('a');
    store.doubtTagged();
    expect(partition.read('a')).toBeUndefined();
    partition.confirm('a');
    store.doubtTagged();
    expect([partition.read('plain'), partition.read('a'), partition.read('b')]).toEqual(['plain', undefined, undefined]);
    partition.confirm('a');
    expect([partition.read('a'), partition.read('b')]).toEqual(['a', undefined]);
  });

  test('may be ended where there was none, or no entry', () => {
    const { partition } = memory();
    partition.confirm('a');
    partition.put(entryOf('a', 1), 5 * SECOND);
    partition.confirm('a');
    expect(partition.read('a')).toBe(1);
  });

  // `confirm` writes the doubt over the sign that the entry has no tags.
  test('does not fall on an entry without tags that was once confirmed', () => {
    const { partition, store } = memory();
    partition.put(tagged('a'), 5 * SECOND);
    partition.put(entryOf('plain', 'plain'), 5 * SECOND);
    partition.confirm('plain');
    store.doubtTagged();
    expect(partition.read('plain')).toBe('plain');
  });
});

describe('the removal of an entry', () => {
  test('is told once, with its cause', async () => {
    const clock = new FakeClock();
    const { partition, told } = memory(clock);
    partition.put(entryOf('a', 1), 5 * SECOND);
    partition.put(entryOf('a', 2), 5 * SECOND);
    partition.remove('a', 'explicit');
    partition.remove('a', 'explicit');
    partition.put(entryOf('b', 1), 5 * SECOND);
    await clock.advance(10 * SECOND);
    expect(partition.find('b')).toBeUndefined();
    expect(told).toEqual(['a replaced', 'a explicit', 'b expired']);
  });
});
