import { describe, expect, test } from 'vitest';
import { resumed } from '../../../src/bus/redis/place.ts';
import type { StreamState } from '../../../src/bus/redis/stream-log.ts';

const state: StreamState = { log: 'one', last: '90-0', first: '10-0', length: 9, added: 20 };
const end = { log: 'one', at: '90-0', added: 20 };
const ended = { log: 'one', at: '50-0', added: 16 };

describe('reading goes on', () => {
  test('behind what was told last, when the log has all since then', () => {
    expect(resumed(ended, state)).toEqual(ended);
    expect(resumed({ ...ended, at: '90-0', added: 20 }, state)).toEqual(end);
  });

  test('behind what was told last, when that has left the log, and nothing behind it', () => {
    const gone = { log: 'one', at: '9-0', added: 11 };
    expect(resumed(gone, state)).toEqual(gone);
    expect(resumed({ log: 'one', at: '0-0', added: 0 }, { ...state, added: 9 })).toEqual({ log: 'one', at: '0-0', added: 0 });
  });

  test.each([
    ['nothing was told yet', undefined, state],
    ['the log is another', { ...ended, log: 'two' }, state],
    ['the log has lost its end', { ...ended, at: '90-1' }, state],
    ['something behind it has left the log', { ...ended, at: '9-0', added: 10 }, state],
    ['the log is empty', ended, { ...state, first: undefined, length: 0 }],
    ['there is too much', { ...ended, added: 16 }, { ...state, added: 10_017 }],
  ])('at the end of the log, when %s', (_, place, found) => {
    expect(resumed(place, found)).toEqual({ ...end, added: found.added });
  });

  test('at the end of the log, when Redis does not count', () => {
    expect(resumed({ ...ended, added: undefined }, { ...state, added: undefined })).toEqual({ ...end, added: undefined });
  });
});
