import { describe, expect, test } from 'vitest';
import { Roll } from '../../../src/bus/link/roll.ts';
import { beatOf, newsOf } from './messages.ts';

/** What is told is told by the bus as it happens, to who takes part. */
const LIVE = { isJoining: false, isReplaying: false };
const JOINING = { isJoining: true, isReplaying: false };
const REPLAYING = { isJoining: false, isReplaying: true };

describe('the roll of the processes on a bus', () => {
  test('waits for nobody when nobody is there', () => {
    const roll = new Roll();
    expect([roll.size, roll.gap, roll.heardAt, roll.quietest]).toEqual([0, undefined, Number.POSITIVE_INFINITY, undefined]);
  });

  test('has heard all as of when it heard the quietest', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 0, 100), LIVE, 100);
    roll.hear(beatOf('b', 0, 200), LIVE, 200);
    expect([roll.size, roll.heardAt, roll.quietest?.publisher]).toEqual([2, 100, 'a']);
  });

  test('leaves aside what was told before it joined, and misses it afterwards', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 7, 0), JOINING, 0);
    roll.hear(newsOf('b', 4), JOINING, 0);
    expect(roll.gap).toBeUndefined();
    roll.hear(beatOf('c', 7, 0), LIVE, 0);
    expect(roll.gap).toBe('c');
  });

  test('says of each message whether it is news', () => {
    const roll = new Roll();
    expect(roll.hear(newsOf('a', 1), LIVE, 0)).toBe('news');
    expect(roll.hear(newsOf('a', 1), LIVE, 0)).toBe('known');
    expect(roll.hear(newsOf('a', 1, { epoch: 2 }), LIVE, 0)).toBe('lost');
    expect(roll.hear(newsOf('a', 2), LIVE, 0)).toBe('known');
    expect(roll.hear(beatOf('a', 0, 0, { epoch: 3 }), LIVE, 0)).toBe('lost');
    expect(roll.hear(newsOf('a', 1, { epoch: 3 }), LIVE, 0)).toBe('news');
  });

  test('gives up what was missed, of all', () => {
    const roll = new Roll();
    roll.hear(newsOf('a', 2), LIVE, 0);
    roll.hear(newsOf('b', 2), LIVE, 0);
    roll.catchUp();
    expect(roll.gap).toBeUndefined();
    expect(roll.hear(newsOf('a', 3), LIVE, 0)).toBe('news');
    expect(roll.gap).toBeUndefined();
  });

  test('waits no longer for who closed, or was silent for long', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 0, 0, { isLast: true }), LIVE, 0);
    roll.hear(beatOf('b', 0, 0), LIVE, 0);
    expect([roll.size, roll.forget(0), roll.forget(1), roll.size]).toEqual([1, false, true, 0]);
  });

  test('finds missing what one told who fell silent and came back', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 1, 0), JOINING, 0);
    roll.forget(1);
    roll.hear(beatOf('a', 2, 10), LIVE, 10);
    expect([roll.size, roll.gap]).toEqual([1, 'a']);
  });

  test('has no gap of one who was forgotten with it', () => {
    const roll = new Roll();
    roll.hear(newsOf('a', 2), LIVE, 0);
    expect([roll.gap, roll.forget(1), roll.gap]).toEqual(['a', true, undefined]);
  });

  test('waits not for who closed, though its last beat came before its last news', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 1, 0, { isLast: true }), LIVE, 0);
    expect([roll.size, roll.gap]).toEqual([1, 'a']);
    expect(roll.hear(newsOf('a', 1), LIVE, 0)).toBe('news');
    expect([roll.size, roll.gap]).toEqual([0, undefined]);
  });

  test('waits not for who closed when what it told was given up', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 1, 0, { isLast: true }), LIVE, 0);
    roll.catchUp();
    expect(roll.size).toBe(0);
  });

  test('waits not for who closed because an earlier beat comes late', () => {
    const roll = new Roll();
    roll.hear(beatOf('a', 0, 10, { isLast: true }), LIVE, 10);
    roll.hear(beatOf('a', 0, 5), LIVE, 11);
    expect(roll.size).toBe(0);
  });

  test('takes what a log tells again for no sign of life', () => {
    const roll = new Roll();
    roll.hear(newsOf('closed', 1), LIVE, 0);
    roll.hear(beatOf('closed', 1, 0, { isLast: true }), LIVE, 0);
    roll.hear(newsOf('dead', 1), LIVE, 0);
    roll.forget(1);
    expect(roll.hear(newsOf('closed', 1), REPLAYING, 10)).toBe('known');
    expect(roll.hear(newsOf('dead', 1), REPLAYING, 10)).toBe('known');
    expect(roll.hear(newsOf('dead', 2), REPLAYING, 10)).toBe('news');
    expect(roll.hear(newsOf('unknown', 1), REPLAYING, 10)).toBe('news');
    expect(roll.size).toBe(0);
    roll.hear(newsOf('dead', 3), LIVE, 20);
    expect(roll.size).toBe(1);
  });

  test('is bounded: past 10 000 the first is not waited for any more, which is told as a loss', () => {
    const roll = new Roll();
    for (let n = 0; n < 10_000; n += 1) expect(roll.hear(beatOf(`p${n}`, 0, 0), LIVE, 0)).toBe('known');
    expect(roll.hear(beatOf('one', 0, 0), LIVE, 0)).toBe('lost');
    expect(roll.size).toBe(10_000);
  });

  test('takes about the same time for a message, however many publishers there are', () => {
    const perMessage = (publishers: number): number => {
      const roll = new Roll();
      for (let n = 0; n < publishers; n += 1) roll.hear(beatOf(`p${n}`, 0, 0), LIVE, 0);
      const begun = performance.now();
      for (let n = 1; n <= 20_000; n += 1) {
        roll.hear(newsOf('p0', n), LIVE, 0);
        if (roll.gap !== undefined) throw new Error('there is no gap');
      }
      return performance.now() - begun;
    };
    perMessage(10);
    expect(perMessage(5_000)).toBeLessThan(perMessage(10) * 20 + 50);
  });
});
