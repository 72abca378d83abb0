import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BreakerChange, type BreakerOptions, CircuitBreaker } from '../../src/guard/circuit-breaker.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

function setUp(options: BreakerOptions = {}, random = () => 1) {
  const clock = new FakeClock();
  const changes: BreakerChange[] = [];
  const breaker = new CircuitBreaker(options, { clock, random, onChange: (change) => changes.push(change) });
  const fail = (count = 1): void => {
    for (let n = 0; n < count; n += 1) breaker.failed(breaker.admit(), new Error('down'));
  };
  return { clock, changes, breaker, fail };
}

describe('CircuitBreaker', () => {
  test('opens after so many failures in a row, and not when an answer comes between', () => {
    const { breaker, fail } = setUp({ failures: 3 });
    for (let round = 0; round < 5; round += 1) {
      fail(2);
      breaker.succeeded(breaker.admit());
    }
    expect(breaker.state).toBe('closed');
    fail(3);
    expect(breaker.state).toBe('open');
  });

  test('counts the share of failures within its window only', async () => {
    const { breaker, clock, fail } = setUp({ failures: 100, minimumCalls: 10, window: '1s' });
    const mix = (failures: number, successes: number): void => {
      for (let n = 0; n < failures; n += 1) fail();
      for (let n = 0; n < successes; n += 1) breaker.succeeded(breaker.admit());
    };
    mix(4, 5);
    await clock.advance(1_001);
    mix(4, 5);
    expect(breaker.state).toBe('closed');
    mix(1, 0);
    expect(breaker.state).toBe('open');
  });

  test('stays open longer after each failed probe, up to a limit, and starts over when it has closed', async () => {
    const { breaker, clock, fail } = setUp({ failures: 1, openFor: 500, maxOpenFor: '3s' });
    const openFor = async (): Promise<number> => {
      const began = clock.monotonic();
      for (; breaker.admit() === 0; await clock.advance(10));
      return clock.monotonic() - began;
    };
    fail();
    const terms: number[] = [];
    for (let probe = 0; probe < 5; probe += 1) {
      terms.push(await openFor());
      breaker.failed(breakerTerm(breaker), new Error('still down'));
    }
    expect(terms).toStrictEqual([500, 1_000, 2_000, 3_000, 3_000]);
    await openFor();
    breaker.succeeded(breakerTerm(breaker));
    fail();
    expect(await openFor()).toBe(500);
  });

  test.each([
    [0, 250],
    [0.5, 375],
    [1, 500],
  ])('draws the time it stays open from the upper half of its term (%d)', async (drawn, ms) => {
    const { breaker, clock, fail } = setUp({ failures: 1, openFor: 500 }, () => drawn);
    fail();
    await clock.advance(ms - 1);
    expect(breaker.admit()).toBe(0);
    await clock.advance(1);
    expect(breaker.admit()).not.toBe(0);
  });

  test('admits one call at most while it is half open, whatever happens', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('call' as const) }),
      fc.record({ kind: fc.constantFrom('succeed' as const, 'fail' as const), which: fc.nat(30) }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.nat(3_000) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { size: 'max', maxLength: 200 }), async (steps) => {
        const { breaker, clock, changes } = setUp({ failures: 2, openFor: 500, maxOpenFor: '2s' });
        const underWay: { term: number; isProbe: boolean }[] = [];
        for (const one of steps) {
          if (one.kind === 'wait') await clock.advance(one.ms);
          else if (one.kind === 'call') {
            const before = breaker.state;
            const term = breaker.admit();
            if (before === 'closed') expect(term).not.toBe(0);
            if (term !== 0) underWay.push({ term, isProbe: before !== 'closed' });
          } else {
            const [call] = underWay.splice(one.which % Math.max(1, underWay.length), 1);
            if (call) one.kind === 'succeed' ? breaker.succeeded(call.term) : breaker.failed(call.term, 'down');
          }
          if (breaker.state === 'half-open') expect(underWay.filter(({ isProbe }) => isProbe).length).toBe(1);
        }
        for (const [at, { from }] of changes.entries()) expect(from).toBe(changes[at - 1]?.to ?? 'closed');
      }),
    );
  });
});

/** The term of a probe that was admitted: the breaker changed its state to admit it. */
function breakerTerm(breaker: CircuitBreaker): number {
  expect(breaker.state).toBe('half-open');
  return breaker.term;
}
