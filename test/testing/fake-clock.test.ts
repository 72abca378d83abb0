import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FakeClock, settle } from '../../src/testing/fake-clock.ts';

describe('FakeClock', () => {
  test('stands still until it is told to move', async () => {
    const clock = new FakeClock('2026-01-05T14:30:00Z');
    await settle();
    expect([clock.now(), clock.monotonic(), clock.recent()]).toEqual([Date.UTC(2026, 0, 5, 14, 30), 0, 0]);
    await clock.advance(1_500);
    expect([clock.now(), clock.monotonic(), clock.recent()]).toEqual([Date.UTC(2026, 0, 5, 14, 30, 1, 500), 1_500, 1_500]);
  });

  test('begins at an instant given as a number, too', () => {
    expect(new FakeClock(0).now()).toBe(0);
  });

  test('rings timers in the order they fall due, those due together in the order they were set, each at its instant', async () => {
    const delays = fc.array(fc.nat(50), { size: 'max', maxLength: 60 });
    const moves = fc.array(fc.nat(30), { size: 'max', maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(delays, moves, async (all, steps) => {
        const clock = new FakeClock(0);
        const rung: { at: number; order: number }[] = [];
        for (const [order, delay] of all.entries()) clock.after(delay, () => rung.push({ at: clock.monotonic(), order }));
        for (const ms of [0, ...steps]) await clock.advance(ms);
        const due = all.map((at, order) => ({ at, order })).filter(({ at }) => at <= clock.monotonic());
        expect(rung).toEqual(due.sort((a, b) => a.at - b.at || a.order - b.order));
        expect(clock.timerCount).toBe(all.length - due.length);
      }),
      { numRuns: 40 },
    );
  });

  test('rings timers that a timer sets, in the same move if they fall due in it', async () => {
    const clock = new FakeClock();
    const rung: number[] = [];
    const again = (): void => {
      rung.push(clock.monotonic());
      clock.after(10, again);
    };
    clock.after(10, again);
    await clock.advance(35);
    expect(rung).toEqual([10, 20, 30]);
    expect(clock.timerCount).toBe(1);
    expect(clock.monotonic()).toBe(35);
  });

  test('follows promises before the next timer rings', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.after(10, () => void Promise.resolve().then(() => seen.push(`settled at ${clock.monotonic()}`)));
    clock.after(11, () => seen.push('next'));
    await clock.advance(20);
    expect(seen).toEqual(['settled at 10', 'next']);
  });

  test('follows promises before the first timer rings, so that they may set one', async () => {
    const clock = new FakeClock();
    const rung: number[] = [];
    void Promise.resolve().then(() => clock.after(5, () => rung.push(clock.monotonic())));
    await clock.advance(5);
    expect(rung).toEqual([5]);
  });

  test('does not ring what was cancelled, also by another timer', async () => {
    const clock = new FakeClock();
    const rung: string[] = [];
    const cancels: (() => void)[] = [];
    clock.after(5, () => {
      for (const cancel of cancels) cancel();
    });
    cancels.push(clock.after(5, () => rung.push('same instant')));
    cancels.push(clock.after(6, () => rung.push('later')));
    await clock.advance(10);
    for (const cancel of cancels) cancel();
    expect(rung).toEqual([]);
    expect(clock.timerCount).toBe(0);
  });

  test('rings a timer without a delay at the next move, even one of nothing', async () => {
    const clock = new FakeClock();
    const rung: number[] = [];
    await clock.advance(7);
    clock.after(0, () => rung.push(clock.monotonic()));
    clock.after(-5, () => rung.push(clock.monotonic()));
    expect(rung).toEqual([]);
    await clock.advance(0);
    expect(rung).toEqual([7, 7]);
  });

  test('jumps with its wall alone; timers and monotonic time go on unmoved', async () => {
    const clock = new FakeClock(1_000_000);
    const rung: number[] = [];
    clock.after(100, () => rung.push(clock.now()));
    await clock.advance(50);
    clock.jump(5);
    expect([clock.now(), clock.monotonic()]).toEqual([5, 50]);
    await clock.advance(50);
    expect(rung).toEqual([55]);
    clock.jump('2030-01-01T00:00:00Z');
    await clock.advance(1);
    expect([clock.now(), clock.monotonic()]).toEqual([Date.UTC(2030, 0, 1) + 1, 101]);
  });

  // Monotonic time never goes back: a test that asks for it should be told.
  test('refuses to go back', async () => {
    const clock = new FakeClock();
    await clock.advance(10);
    await clock.advance(-5).catch(() => {});
    expect(clock.monotonic()).toBe(10);
  });
});
