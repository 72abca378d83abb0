import { describe, expect, test } from 'vitest';
import { FakeClock } from '../../src/testing/fake-clock.ts';
import { waitUntil } from '../../src/testing/wait-until.ts';

describe('waitUntil', () => {
  test('does not wait for what is so already', async () => {
    const clock = new FakeClock();
    await waitUntil(() => true, 0, clock);
    expect(clock.monotonic()).toBe(0);
  });

  test('moves the clock on, as far as is needed and no further than was said', async () => {
    const clock = new FakeClock();
    let isDone = false;
    clock.after(70, () => {
      isDone = true;
    });
    await waitUntil(() => isDone, 100, clock);
    expect(clock.monotonic()).toBe(70);
    await expect(waitUntil(() => false, 30, clock)).rejects.toThrow('Waited for 30 ms');
    expect(clock.monotonic()).toBe(100);
  });

  test('waits really, where there is no clock to move', async () => {
    let looks = 0;
    await waitUntil(() => ++looks > 20, 5_000);
    await expect(waitUntil(() => false, 10)).rejects.toThrow('Waited for 10 ms, and it has not come: () => false');
  });
});
