import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ReuseCurve } from '../../src/analytics/reuse-curve.ts';

const ANY = 2 ** 31 - 1;
/** Sizes that are the ends of bins, so that nothing is guessed between them. */
const SIZES = [1, 2, 3, 5, 8, 12, 15];

describe('a curve of reuse', () => {
  test('of all requests is what was counted', () => {
    const request = fc.record({ isHit: fc.boolean(), needs: fc.constantFrom(...SIZES, ANY), key: fc.nat(50) });
    fc.assert(
      fc.property(fc.array(request, { minLength: 1, maxLength: 300, size: 'max' }), (requests) => {
        const traffic = { hits: 0, arrivals: 0 };
        const curve = new ReuseCurve(traffic);
        for (const { isHit, needs, key } of requests) {
          if (isHit) {
            traffic.hits += 1;
            curve.hit(needs, key, 1);
          } else {
            traffic.arrivals += 1;
            curve.missed(needs, ANY, key, 1);
          }
        }
        curve.seen(ANY);
        for (const size of SIZES) {
          const point = curve.at(size, 1);
          expect(point?.hitRatio).toBeCloseTo(requests.filter(({ needs }) => needs < size).length / requests.length, 6);
          expect(point?.margin).toBe(0);
        }
      }),
    );
  });

  test('counts what it is told in parts, so that a sample with too many hot keys is put right', () => {
    const traffic = { hits: 900, arrivals: 100 };
    const before = { ...traffic, hits: 0, arrivals: 0 };
    const curve = new ReuseCurve(before);
    Object.assign(before, traffic);
    // Of the misses a half would be hits at 10, of the hits a tenth would be misses at 5; twice as many misses were sampled.
    for (let at = 0; at < 40; at += 1) curve.missed(at % 2 === 0 ? 9 : ANY, ANY, at, 5);
    for (let at = 0; at < 9; at += 1) curve.hit(5, at, 10);
    curve.seen(ANY);
    expect(curve.at(10, 0.1)?.hitRatio).toBeCloseTo(0.95, 6);
    expect(curve.at(9, 0.1)?.hitRatio).toBeCloseTo(0.9, 6);
    expect(curve.at(5, 0.1)?.hitRatio).toBeCloseTo(0.81, 6);
  });

  test('tells of a size only what was seen up to that size', () => {
    const traffic = { hits: 0, arrivals: 0 };
    const curve = new ReuseCurve(traffic);
    // While only four entries could be told apart, all missed; after that, half.
    for (let at = 0; at < 100; at += 1) {
      traffic.arrivals += 1;
      curve.missed(ANY, 4, at, 1);
    }
    expect(curve.at(4, 1)?.hitRatio).toBe(0);
    expect(curve.at(8, 1)).toBeUndefined();
    for (let at = 0; at < 100; at += 1) {
      traffic.arrivals += 1;
      curve.missed(at % 2 === 0 ? 6 : ANY, ANY, at, 1);
    }
    expect(curve.at(8, 1)?.hitRatio).toBeCloseTo(0.5, 6);
  });

  test('applies what it saw of the hits to those it did not see', () => {
    const traffic = { hits: 0, arrivals: 0 };
    const curve = new ReuseCurve(traffic);
    for (let at = 0; at < 100; at += 1) {
      traffic.hits += 1;
      if (at % 4 === 0) curve.hit(8, at, 1);
    }
    curve.seen(ANY);
    expect(curve.at(8, 1)?.hitRatio).toBeCloseTo(0.75, 6);
    traffic.hits += 900;
    curve.seen(0);
    expect(curve.at(8, 1)?.hitRatio).toBeCloseTo(0.75, 6);
  });

  test('forgets by halves', () => {
    const traffic = { hits: 0, arrivals: 0 };
    const curve = new ReuseCurve(traffic);
    const ask = (hits: number, arrivals: number): void => {
      for (let at = 0; at < arrivals; at += 1) curve.missed(ANY, ANY, at, 1);
      traffic.hits += hits;
      traffic.arrivals += arrivals;
      curve.seen(ANY);
    };
    ask(0, 800);
    expect(curve.at(8, 1)?.hitRatio).toBe(0);
    for (let day = 0; day < 3; day += 1) curve.age();
    expect(curve.samples).toBe(100);
    ask(100, 0);
    expect(curve.at(8, 1)?.hitRatio).toBeCloseTo(0.5, 6);
  });

  test('does not doubt for groups of keys that are larger than others, and do as they do', () => {
    const traffic = { hits: 0, arrivals: 0 };
    const [alike, unlike] = [new ReuseCurve(traffic), new ReuseCurve(traffic)];
    for (let group = 0; group < 8; group += 1) {
      for (let at = 0; at < 20 * (group + 1); at += 1) {
        traffic.arrivals += 1;
        alike.missed(at % 2 === 0 ? 5 : ANY, ANY, group, 1);
        unlike.missed(group % 2 === 0 ? 5 : ANY, ANY, group, 1);
      }
    }
    expect(alike.at(100, 1 / 4)?.margin).toBeCloseTo(0, 6);
    expect(unlike.at(100, 1 / 4)?.margin).toBeGreaterThan(0.1);
  });

  test('is less certain the less was sampled, and where it is steep', () => {
    const margins = [1, 1 / 4, 1 / 64].map((rate) => {
      const traffic = { hits: 0, arrivals: 10_000 };
      const curve = new ReuseCurve({ hits: 0, arrivals: 0 });
      const other = new ReuseCurve(Object.assign({ hits: 0, arrivals: 0 }));
      expect([curve.at(10, rate), other.at(10, rate)]).toEqual([undefined, undefined]);
      const counted = { hits: 0, arrivals: 0 };
      const steep = new ReuseCurve(counted);
      Object.assign(counted, traffic);
      for (let at = 0; at < 10_000 * rate; at += 1) steep.missed(at % 2 === 0 ? 1_000 : ANY, ANY, at, 1 / rate);
      return [steep.at(1_000, rate)?.margin ?? 0, steep.at(3_000, rate)?.margin ?? 0];
    });
    expect(margins[0]).toEqual([0, 0]);
    expect(margins[1]![0]).toBeGreaterThan(margins[1]![1]!);
    expect(margins[2]![0]).toBeGreaterThan(margins[1]![0]!);
    expect(margins[2]![1]).toBeGreaterThan(margins[1]![1]!);
  });
});
