import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, test } from 'vitest';
import { estimateBytes } from '../../src/policy/weigher.ts';

setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

/** The bytes one of `make`'s values takes on this machine: the middle of five takes, as what others leave behind goes in any of them. */
function measured(make: (at: number) => unknown, count: number): number {
  const takes = Array.from({ length: 5 }, () => measuredOnce(make, count));
  return takes.toSorted((a, b) => a - b)[2] ?? Number.NaN;
}

function measuredOnce(make: (at: number) => unknown, count: number): number {
  const kept = new Array(count);
  const used = (): number => {
    collect();
    collect();
    return process.memoryUsage().heapUsed;
  };
  const before = used();
  for (let at = 0; at < count; at += 1) kept[at] = make(at);
  const after = used();
  expect(kept[count - 1]).toEqual(make(count - 1));
  return (after - before) / count;
}

const text = (at: number, length: number): string => Buffer.alloc(length, `${at} Nachrichten – `).toString();
const quote = (at: number) => ({ symbol: text(at, 8), bid: at + 0.25, ask: at + 0.5, bidSize: at, askSize: at + 1, at: 1.7e12 + at });

describe('estimateBytes', () => {
  test.each<[string, (at: number) => unknown, number]>([
    ['a text of two-byte characters', (at) => text(at, 600), 3_000],
    ['a quote', quote, 20_000],
    ['a list of whole numbers', (at) => Array.from({ length: 200 }, (_, index) => at + index), 2_000],
    ['a list of numbers with fractions', (at) => Array.from({ length: 200 }, (_, index) => at + index / 8), 2_000],
    ['a list of 500 quotes', (at) => Array.from({ length: 500 }, (_, index) => quote(at + index)), 50],
    ['a map of numbers', (at) => new Map(Array.from({ length: 100 }, (_, index) => [at + index, index])), 1_000],
    ['a set of texts', (at) => new Set(Array.from({ length: 50 }, (_, index) => text(at + index, 40))), 1_000],
    ['a record of lists', (at) => ({ closes: new Array(60).fill(at + 0.5), days: new Array(60).fill(0).map((_, day) => day) }), 2_000],
  ])('is about what %s takes', (_, make, count) => {
    const ratio = estimateBytes(make(0)) / measured(make, count);
    expect(ratio).toBeGreaterThan(0.4);
    expect(ratio).toBeLessThan(2.5);
  });

  test('counts text by its length, and views by their buffers', () => {
    expect(estimateBytes('x'.repeat(1_000))).toBe(2_016);
    expect(estimateBytes(new Uint8Array(1_000))).toBe(1_128);
    expect(estimateBytes(new ArrayBuffer(1_000))).toBe(1_128);
    expect(estimateBytes(new DataView(new ArrayBuffer(1_000)))).toBe(1_128);
  });

  test('gives every value a weight', () => {
    for (const value of [undefined, null, true, 0, 1.5, 10n, Symbol('x'), () => 1, '', {}, [], new Map(), new Set(), new Date(0)]) {
      expect(estimateBytes(value)).toBeGreaterThanOrEqual(8);
    }
  });

  test('extends a long list from its beginning', () => {
    const short = estimateBytes(Array.from({ length: 200 }, (_, at) => at));
    const long = estimateBytes(Array.from({ length: 200_000 }, (_, at) => at));
    expect(long / short).toBeGreaterThan(900);
    expect(long / short).toBeLessThan(1_100);
  });

  test('looks at no more than 256 parts of a list of records', () => {
    let looked = 0;
    const record = Object.defineProperty({}, 'part', { enumerable: true, get: () => ++looked });
    estimateBytes(new Array(100_000).fill(record));
    expect(looked).toBeLessThanOrEqual(256);
  });

  test('comes to an end in values that hold themselves', () => {
    const cyclic: { self?: unknown } = {};
    cyclic.self = cyclic;
    expect(estimateBytes(cyclic)).toBeLessThan(100_000);

    const list: unknown[] = [];
    list.push(list);
    expect(estimateBytes(list)).toBeLessThan(100_000);
  });

  test('comes to an end in values nested deeply', () => {
    let nested: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) nested = [nested];
    expect(estimateBytes(nested)).toBeGreaterThan(1_000);
  });

  // A part that is not reached is taken to be like its elder sisters, at every level anew: 2 to the power of the depth.
  test('does not take a chain of a thousand links for more than memory holds', () => {
    let chain: unknown;
    for (let link = 0; link < 1_000; link += 1) chain = { next: chain, price: link };
    expect(estimateBytes(chain)).toBeLessThan(1_000_000);
  });

  test('does not take a tree that knows its parents for more than memory holds', () => {
    interface Node {
      readonly parent: Node | undefined;
      readonly children: Node[];
    }
    const root: Node = { parent: undefined, children: [] };
    for (let child = 0; child < 10; child += 1) root.children.push({ parent: root, children: [] });
    expect(estimateBytes(root)).toBeLessThan(1_000_000);
  });

  // The keys use up all the looks there are, and the values are then taken for a word each.
  test('sees the values of a map of more than 256', () => {
    const map = new Map(Array.from({ length: 1_000 }, (_, at) => [at, 'x'.repeat(1_000)]));
    expect(estimateBytes(map)).toBeGreaterThan(1_000_000);
  });

  // The first field uses up all the looks there are, and the second is taken to be like it.
  test('sees a large field behind a long list', () => {
    const article = { tickers: Array.from({ length: 300 }, (_, at) => at), body: 'x'.repeat(1_000_000) };
    expect(estimateBytes(article)).toBeGreaterThan(1_000_000);
  });

  // `Object.values` makes a list of them all before the first is looked at.
  test('looks at no more than 256 fields of a record', () => {
    let looked = 0;
    const record = {};
    for (let field = 0; field < 1_000; field += 1) Object.defineProperty(record, `f${field}`, { enumerable: true, get: () => ++looked });
    estimateBytes(record);
    expect(looked).toBeLessThanOrEqual(256);
  });
});
