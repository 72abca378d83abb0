import { describe, expect, test } from 'vitest';
import { afterTurns, nextTurn, stayAlive } from '../../src/time/event-turn.ts';

const timersAlive = (): number => process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;

describe('a turn of the event loop', () => {
  test.each([1, 2, 5])('is waited for %d times before the action runs, once', async (count) => {
    const rounds: string[] = [];
    afterTurns(count, () => rounds.push('action'));
    for (let round = 1; round <= count + 1; round += 1) {
      rounds.push(`round ${round}`);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(rounds.filter((said) => said === 'action')).toHaveLength(1);
    expect(rounds.indexOf('action')).toBe(count);
  });

  test.each([0, -1])('is not waited for when none is asked: %d', (count) => {
    let hasRun = false;
    afterTurns(count, () => {
      hasRun = true;
    });
    expect(hasRun).toBe(true);
  });

  test('lets others have theirs', async () => {
    const order: string[] = [];
    setImmediate(() => order.push('other'));
    await nextTurn();
    order.push('own');
    expect(order).toEqual(['other', 'own']);
  });
});

test('the process stays alive until it need not, and saying so again is no error', () => {
  const before = timersAlive();
  const release = stayAlive();
  expect(timersAlive()).toBe(before + 1);
  release();
  release();
  expect(timersAlive()).toBe(before);
});
