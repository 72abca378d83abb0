import { expect, test } from 'vitest';
import { type CoherenceOptions, coherenceOf } from '../../src/bus/coherence-options.ts';
import { createCache } from '../../src/create-cache.ts';

test('half a second of heartbeat, two of belief and thirty of waiting are what nobody has to say', () => {
  expect(coherenceOf()).toEqual({ heartbeatMs: 500, suspectMs: 2_000, forgetMs: 30_000, deadlineMs: 250 });
  expect(coherenceOf({ heartbeat: 50, suspectTtl: 100, forgetAfter: 100, deadline: 1 }).suspectMs).toBe(100);
});

test.each<[unknown, string]>([
  [5, '`coherence` is 5; give an object'],
  [{ hartbeat: 500 }, '`coherence` knows no "hartbeat"'],
  [{ heartbeat: 49 }, '`coherence.heartbeat` is 49 ms; give 50 ms or more'],
  [{ heartbeat: 'soon' }, '`coherence.heartbeat` is "soon"'],
  [{ heartbeat: Number.POSITIVE_INFINITY }, '`coherence.heartbeat` is Infinity ms'],
  [{ heartbeat: 500, suspectTtl: 999 }, '`coherence.suspectTtl` is 999 ms; give 1000 ms or more, twice `coherence.heartbeat`'],
  [{ forgetAfter: '1s' }, '`coherence.forgetAfter` is 1000 ms; give 2000 ms or more, as `coherence.suspectTtl` has'],
  [{ deadline: 0 }, '`coherence.deadline` is 0 ms; give 1 ms or more'],
])('a cache without a bus refuses %j too', (coherence, told) => {
  expect(() => createCache({ coherence: coherence as CoherenceOptions })).toThrow(told);
});
