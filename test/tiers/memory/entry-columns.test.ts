import { describe, expect, test } from 'vitest';
import { type Entry, NO_TAGS } from '../../../src/entry/entry.ts';
import { OLDEST } from '../../../src/entry/version.ts';
import { EntryStore } from '../../../src/tiers/memory/entry-store.ts';
import { MemoryPartition } from '../../../src/tiers/memory/memory-partition.ts';
import { surroundings } from './surroundings.ts';

const PLAIN: Entry = {
  key: '',
  value: 1,
  isNegative: false,
  eventAt: undefined,
  askedAt: 7,
  staleAt: 5_000,
  deadAt: 5_000,
  version: OLDEST,
  tags: NO_TAGS,
  source: undefined,
  isFinal: false,
  why: '',
};

/** The optional columns that are there. */
function optional({ columns }: EntryStore): string[] {
  const { staleAt, graceMs, eventAt, stamps, origins, details, confirmed } = columns;
  const all = { staleAt, graceMs, eventAt, stamps, origins, details, confirmed };
  return Object.entries(all).flatMap(([name, column]) => (column ? [name] : []));
}

function holding(entries: readonly Partial<Entry>[], attentionAt = 5_000) {
  const store = new EntryStore('lru', surroundings({ maxEntries: 500 }));
  const partition = new MemoryPartition<unknown>(store, {}, { removed: () => {}, oversized: () => {} });
  const all = entries.map((entry, at) => ({ ...PLAIN, key: `k${at}`, ...entry }));
  for (const entry of all) partition.put(entry, Math.min(attentionAt, entry.staleAt));
  return { store, partition, all };
}

const FACTS: [string, Partial<Entry>, string[]][] = [
  ['grace', { deadAt: 6_000 }, ['graceMs']],
  ['an event time', { eventAt: 3 }, ['eventAt']],
  ['a version', { version: { stamp: 8, origin: 9 } }, ['stamps', 'origins']],
  ['a source', { source: 'replay' }, ['details']],
  ['finality', { isFinal: true }, ['details']],
  ['a reason', { why: 'closed' }, ['details']],
  ['tags', { tags: ['t'] }, ['details', 'confirmed']],
];

describe('the columns of memory', () => {
  test('are only those that every entry needs, while none needs more', () => {
    expect(optional(holding([{}, { staleAt: 9_000, deadAt: 9_000 }], 9_000).store)).toEqual([]);
  });

  test.each(FACTS)('grow by what an entry with %s needs, and no more', (_, fact, columns) => {
    expect(optional(holding([{}, fact]).store)).toEqual(columns);
  });

  test('grow by the end of freshness when attention is due earlier', () => {
    expect(optional(holding([{}], 4_000).store)).toEqual(['staleAt']);
  });

  // A list of no tags that is not the one and only `NO_TAGS` is kept as if it told something.
  test('do not grow by an empty list of tags', () => {
    expect(optional(holding([{ tags: [] }]).store)).toEqual([]);
  });

  test.each(FACTS)('tell entries without and with %s apart, before they grow and after', (_, fact) => {
    const mixed = Array.from({ length: 300 }, (_, at) => (at % 3 === 1 ? fact : {}));
    const { partition, all } = holding(mixed);
    for (const entry of all) expect(partition.find(entry.key)).toEqual(entry);
  });

  test('tell of entries that were there before attention and freshness were told apart', () => {
    const { partition } = holding([{}, {}]);
    partition.put({ ...PLAIN, key: 'early' }, 1_000);
    for (const key of ['k0', 'k1', 'early']) expect(partition.find(key)).toMatchObject({ staleAt: 5_000, deadAt: 5_000 });
  });

  test('forget with the entry: its row tells nothing of it to the next', () => {
    const rich: Partial<Entry> = Object.assign({}, ...FACTS.map(([, fact]) => fact));
    const { partition, store } = holding([rich]);
    partition.remove('k0', 'explicit');
    expect(store.columns.values[1]).toBeUndefined();
    expect(store.columns.keys[1]).toBeUndefined();
    partition.put({ ...PLAIN, key: 'next' }, 5_000);
    expect(partition.find('next')).toEqual({ ...PLAIN, key: 'next' });
  });

  test('share what entries of a kind have in common', () => {
    const tags = ['bars'];
    const { store } = holding([
      { tags, source: 'replay' },
      { tags, source: 'replay' },
      { tags, source: 'binance' },
    ]);
    const [, first, second, third] = store.columns.details ?? [];
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });
});

describe('the rows of memory', () => {
  test('are few while there are few entries, and never more than are allowed', () => {
    const { store } = holding([{}]);
    expect(store.columns.lastSlot).toBe(64);
    expect(holding(new Array(65).fill({})).store.columns.lastSlot).toBe(128);
    expect(holding(new Array(600).fill({})).store.columns.lastSlot).toBe(501);
  });

  test('are used again', () => {
    const { partition, store } = holding(new Array(64).fill({}));
    for (let at = 0; at < 64; at += 1) partition.remove(`k${at}`, 'explicit');
    for (let at = 0; at < 64; at += 1) partition.put({ ...PLAIN, key: `n${at}` }, 5_000);
    expect(store.columns.lastSlot).toBe(64);
  });
});
