import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/time/clock.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** How many timers keep the process alive. */
const timersAlive = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('the time of systemClock', () => {
  test('is that of the machine', () => {
    const before = [Date.now(), performance.now()] as const;
    const [wall, monotonic] = [systemClock.now(), systemClock.monotonic()];
    const after = [Date.now(), performance.now()] as const;
    expect(wall).toBeGreaterThanOrEqual(before[0]);
    expect(wall).toBeLessThanOrEqual(after[0]);
    expect(monotonic).toBeGreaterThanOrEqual(before[1]);
    expect(monotonic).toBeLessThanOrEqual(after[1]);
  });

  test('never runs ahead in a sample, and never goes back', async () => {
    let last = 0;
    for (let reads = 0; reads < 100_000; reads += 1) {
      const recent = systemClock.recent();
      if (recent < last) throw new Error(`${recent} after ${last}`);
      if (reads % 16 === 0 && recent > systemClock.monotonic()) throw new Error(`${recent} is in the future`);
      if (reads % 10_000 === 0) await turn();
      last = recent;
    }
  });
});

describe('a sample of systemClock', () => {
  const sampled = async (): Promise<{ set(ms: number): void }> => {
    await turn();
    let now = 1_000_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    return { set: (ms) => (now = 1_000_000 + ms) };
  };

  test('serves 64 reads', async () => {
    const time = await sampled();
    expect(systemClock.recent()).toBe(1_000_000);
    time.set(5);
    for (let read = 2; read <= 64; read += 1) expect(systemClock.recent()).toBe(1_000_000);
    expect(systemClock.recent()).toBe(1_000_005);
  });

  test('serves one turn of the event loop', async () => {
    const time = await sampled();
    systemClock.recent();
    time.set(5);
    await turn();
    expect(systemClock.recent()).toBe(1_000_005);
  });

  test('serves the promises that settle within the turn', async () => {
    const time = await sampled();
    systemClock.recent();
    time.set(5);
    await Promise.resolve();
    expect(systemClock.recent()).toBe(1_000_000);
  });

  test('is taken anew in every turn, though the reset of another is under way', async () => {
    const time = await sampled();
    for (let round = 1; round <= 5; round += 1) {
      for (let read = 0; read < 100; read += 1) systemClock.recent();
      time.set(round);
      await turn();
      expect(systemClock.recent()).toBe(1_000_000 + round);
      await turn();
    }
  });
});

describe('a timer of systemClock', () => {
  const fakeTimers = (): void => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  };

  test('rings once, after its delay', () => {
    fakeTimers();
    const action = vi.fn();
    systemClock.after(1_000, action);
    vi.advanceTimersByTime(999);
    expect(action).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(action).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(10_000);
    expect(action).toHaveBeenCalledTimes(1);
  });

  test.each([2 ** 31, 2 ** 31 + 5_000, 3 * 2 ** 31, 365 * 86_400_000])(
    'rings no earlier when its delay is %d ms, which Node would cut to 1',
    (delayMs) => {
      fakeTimers();
      const action = vi.fn();
      systemClock.after(delayMs, action);
      vi.advanceTimersByTime(delayMs - 1);
      expect(action).not.toHaveBeenCalled();
      vi.advanceTimersByTime(1);
      expect(action).toHaveBeenCalledTimes(1);
    },
  );

  test('never rings when its delay has no end', () => {
    fakeTimers();
    const action = vi.fn();
    const cancel = systemClock.after(Number.POSITIVE_INFINITY, action);
    vi.advanceTimersByTime(5 * 2 ** 31);
    expect(action).not.toHaveBeenCalled();
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('is cancelled, before and after it was set again, and once more without harm', () => {
    fakeTimers();
    const action = vi.fn();
    const early = systemClock.after(1_000, action);
    const late = systemClock.after(2 ** 31 + 1_000, action);
    early();
    early();
    vi.advanceTimersByTime(2 ** 31 + 10);
    late();
    vi.advanceTimersByTime(10_000);
    expect(action).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('may be cancelled after it rang', () => {
    fakeTimers();
    const cancel = systemClock.after(1, () => {});
    vi.advanceTimersByTime(1);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('does not keep the process alive', () => {
    const before = timersAlive();
    const cancels = [systemClock.after(60_000, () => {}), systemClock.after(2 ** 40, () => {})];
    expect(timersAlive()).toBe(before);
    for (const cancel of cancels) cancel();
  });
});
