import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PolicyName } from '../../src/policy/eviction-policy.ts';
import { POLICIES } from '../../src/policy/policies.ts';
import { beladyHitRatio } from '../../src/simulator/belady.ts';
import { hitRatioChart } from '../../src/simulator/chart.ts';
import { simulate } from '../../src/simulator/simulation.ts';
import { Trace } from '../../src/simulator/trace.ts';

interface Request {
  readonly key: string;
  readonly seconds: number;
  readonly bytes: number;
}

function traceOf(requests: readonly Request[]): Trace {
  const trace = new Trace('made up');
  for (const { key, seconds, bytes } of requests) trace.add(key, seconds, bytes);
  return trace;
}

/** Keys whose size is their own, at times that grow. */
const requests = fc
  .array(fc.record({ number: fc.nat(40), after: fc.integer({ min: 0, max: 3 }) }), { size: 'max', maxLength: 600 })
  .map((parts) => {
    let seconds = 0;
    return parts.map(({ number, after }) => {
      seconds += after;
      return { key: `k${number}`, seconds, bytes: 1 + ((number * 7) % 13) };
    });
  });

/** LRU in a list, with a bound and lives. */
function slowLru(all: readonly Request[], size: number, inBytes: boolean, ttlSeconds: number): { hits: number; hitBytes: number } {
  let kept: (Request & { readonly diesAt: number })[] = [];
  const result = { hits: 0, hitBytes: 0 };
  for (const request of all) {
    const there = kept.find(({ key }) => key === request.key);
    kept = kept.filter((entry) => entry !== there);
    if (there && request.seconds < there.diesAt) {
      result.hits += 1;
      result.hitBytes += request.bytes;
      kept.push(there);
      continue;
    }
    if (inBytes && request.bytes > size) continue;
    kept.push({ ...request, diesAt: request.seconds + ttlSeconds });
    while (inBytes ? kept.reduce((sum, { bytes }) => sum + bytes, 0) > size : kept.length > size) kept.shift();
  }
  return result;
}

describe('a simulation', () => {
  test('under LRU hits what a slow cache hits, in entries and in bytes, with lives and without', () => {
    const ttl = fc.constantFrom(5, 40, Number.POSITIVE_INFINITY);
    fc.assert(
      fc.property(requests, fc.integer({ min: 1, max: 60 }), fc.boolean(), ttl, (all, size, inBytes, ttlSeconds) => {
        const { hits, byteHitRatio } = simulate(traceOf(all), 'lru', { size, inBytes, ttlSeconds });
        const expected = slowLru(all, size, inBytes, ttlSeconds);
        expect(hits).toBe(expected.hits);
        const bytes = all.reduce((sum, request) => sum + request.bytes, 0);
        if (bytes > 0) expect(byteHitRatio).toBeCloseTo(expected.hitBytes / bytes, 10);
      }),
    );
  });

  test('is passed by no policy at the optimum, but for the entry that came last', () => {
    fc.assert(
      fc.property(
        requests,
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom(...(Object.keys(POLICIES) as PolicyName[])),
        (all, size, policy) => {
          const trace = traceOf(all);
          const { hits } = simulate(trace, policy, { size });
          expect(hits).toBeLessThanOrEqual(Math.round(beladyHitRatio(trace, size + 1) * all.length));
        },
      ),
    );
  });

  test('of nothing hits nothing', () => {
    expect(simulate(new Trace('empty'), 'hybrid', { size: 10 })).toEqual({ hits: 0, requests: 0, hitRatio: 0, byteHitRatio: undefined });
    expect(beladyHitRatio(new Trace('empty'), 10)).toBe(0);
  });
});

describe('the optimum', () => {
  test('is what trying every choice finds', () => {
    const few = fc.array(fc.nat(4), { maxLength: 9 });
    fc.assert(
      fc.property(few, fc.integer({ min: 1, max: 3 }), (keys, size) => {
        const best = (at: number, kept: ReadonlySet<number>): number => {
          const key = keys[at];
          if (key === undefined) return 0;
          if (kept.has(key)) return 1 + best(at + 1, kept);
          if (kept.size < size) return best(at + 1, new Set([...kept, key]));
          return Math.max(...[...kept].map((leaving) => best(at + 1, new Set([...kept, key].filter((other) => other !== leaving)))));
        };
        const trace = traceOf(keys.map((number) => ({ key: String(number), seconds: 0, bytes: 1 })));
        expect(Math.round(beladyHitRatio(trace, size) * keys.length)).toBe(best(0, new Set()));
      }),
    );
  });
});

test('a chart has a curve for each policy, and takes names as text', () => {
  const results = ['lru', '<b>'].flatMap((policy) => [10, 100].map((size) => ({ policy, size, hitRatio: size / 200 })));
  const svg = hitRatioChart({ trace: 'a & b', results });
  expect(svg.match(/<polyline/g)).toHaveLength(2);
  expect(svg).toContain('a &#38; b');
  expect(svg).not.toContain('<b>');
});
