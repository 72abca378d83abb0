import { describe, expect, test } from 'vitest';
import { Outgoing } from '../../../src/bus/link/outgoing.ts';
import type { Notice } from '../../../src/bus/notice.ts';
import { newer } from './linked.ts';

const ALL = 1e9;
const version = { stamp: 5, origin: 1 };

describe('what a process has to tell', () => {
  test('is told once of each key, the newest, in the order in which it happened last', () => {
    const outgoing = new Outgoing();
    for (const [key, stamp] of [
      ['A', 1],
      ['B', 2],
      ['A', 3],
      ['B', 1],
    ] as const)
      outgoing.add(newer(key, stamp));
    expect(outgoing.take(ALL)).toMatchObject([
      { argument: 'A', version: { stamp: 3 } },
      { argument: 'B', version: { stamp: 2 } },
    ]);
    expect(outgoing.size).toBe(0);
  });

  test('is told of a key, a tag, a pattern and all apart, and of what is kept apart from what is not', () => {
    const outgoing = new Outgoing();
    const notices: Notice[] = [
      newer('A'),
      { about: 'gone', namespace: 'main', kind: 'n', argument: 'A', version, isUnshared: false },
      { about: 'tag', namespace: 'main', tag: 'A', version, keep: false },
      { about: 'tag', namespace: 'main', tag: 'A', version, keep: true },
      { about: 'pattern', namespace: 'main', pattern: 'A', version, keep: false, isUnshared: false },
      { about: 'clear', namespace: 'main', version },
    ];
    for (const notice of [...notices, ...notices]) outgoing.add(notice);
    expect(outgoing.take(ALL)).toEqual(notices);
  });

  test('is taken as far as there is room, and at least one', () => {
    const outgoing = new Outgoing();
    for (const key of ['A', 'B', 'C']) outgoing.add(newer(key, 1, new Uint8Array(1_000)));
    expect([outgoing.take(10).length, outgoing.take(2_500).length, outgoing.take(10).length]).toEqual([1, 2, 0]);
  });

  test('is lost when there is more of it than can wait', () => {
    const outgoing = new Outgoing();
    for (let n = 0; n < 50_000; n += 1) outgoing.add(newer(`K${n}`));
    expect([outgoing.hasLostCount, outgoing.size]).toEqual([false, 50_000]);
    outgoing.add(newer('A'));
    expect([outgoing.hasLostCount, outgoing.size]).toEqual([true, 0]);
  });
});
