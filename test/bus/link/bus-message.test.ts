import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BusMessage, decodeMessage, encodeMessage, MESSAGE_HEADER_LENGTH } from '../../../src/bus/link/bus-message.ts';
import type { Notice } from '../../../src/bus/notice.ts';
import { seeded } from '../../../src/testing/seeded.ts';
import { beatOf, newsOf, sealedBody, sealedFields } from './messages.ts';

const SEED = 20_261_120;
const RUNS = 100_000;

const version = { stamp: 1_551_234_567_890, origin: 0xffff_ffff };
const key = { namespace: 'main/eu', kind: 'quote', argument: 'AAPL', version };
const NOTICES: readonly Notice[] = [
  { about: 'newer', ...key, eventAt: 1.7e12, isUnshared: true, sealed: new Uint8Array([1, 2, 3]) },
  { about: 'newer', ...key, kind: '', eventAt: undefined, isUnshared: false, sealed: undefined },
  { about: 'gone', ...key, isUnshared: false },
  { about: 'stale', ...key, isUnshared: true },
  { about: 'tag', namespace: 'main', tag: 'sym:AAPL', version, keep: true },
  { about: 'pattern', namespace: 'main', pattern: 'quote:*', version, keep: false, isUnshared: true },
  { about: 'clear', namespace: 'main', version: { stamp: 0, origin: 0 } },
];
const MESSAGES: readonly BusMessage[] = [
  beatOf('a-b_9', 7, 1_234.5, { stamp: version.stamp, isLast: true }),
  newsOf('a', 1),
  ...NOTICES.map((notice, at) => newsOf('a', at + 1, { notices: [notice] })),
  newsOf('a', 9, { notices: NOTICES }),
];

/** Bytes with a few of them changed, cut, doubled or moved. */
function mutated(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = Math.floor(random() * bytes.length);
  const to = Math.floor(random() * bytes.length);
  const kind = Math.floor(random() * 5);
  if (kind === 0) return bytes.slice(0, at);
  if (kind === 1) return Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(to)]);
  const changed = Uint8Array.from(kind === 2 ? [...bytes, ...bytes.subarray(at)] : bytes);
  for (let times = 1 + Math.floor(random() * 3); times > 0; times -= 1) {
    changed[Math.floor(random() * changed.length)] =
      kind === 3 ? Math.floor(random() * 256) : (changed[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  }
  return changed;
}

describe('a bus message', () => {
  test.each(MESSAGES)('comes back from its bytes as it was: $form $sequence', (message) => {
    expect(decodeMessage(encodeMessage(message))).toEqual(message);
  });

  test('takes the bytes of an entry from a Buffer, too', () => {
    const sealed = Buffer.from([9, 1, 2, 3]).subarray(1);
    const notice: Notice = { about: 'newer', ...key, eventAt: undefined, isUnshared: false, sealed };
    const message = decodeMessage(encodeMessage(newsOf('a', 1, { notices: [notice] })));
    expect(message).toMatchObject({ notices: [{ sealed: new Uint8Array([1, 2, 3]) }] });
  });

  test(`that was damaged on its way is none: ${RUNS} times`, () => {
    const random = seeded(SEED);
    const sent = MESSAGES.map(encodeMessage);
    const whole = new Set(sent.map((bytes) => Buffer.from(bytes).toString('latin1')));
    for (let run = 0; run < RUNS; run += 1) {
      const bytes = mutated(sent[run % sent.length] as Uint8Array, random);
      if (whole.has(Buffer.from(bytes).toString('latin1'))) continue;
      expect(decodeMessage(bytes), Buffer.from(bytes).toString('hex')).toBeUndefined();
    }
  });

  test(`that its sender damaged is none, or one that says in other bytes what it means: ${RUNS} times`, () => {
    const random = seeded(SEED);
    const bodies = MESSAGES.map((message) => encodeMessage(message).slice(MESSAGE_HEADER_LENGTH));
    let understood = 0;
    for (let run = 0; run < RUNS; run += 1) {
      const bytes = sealedBody(mutated(bodies[run % bodies.length] as Uint8Array, random));
      const message = decodeMessage(bytes);
      if (!message || message.form === 'unread') continue;
      understood += 1;
      expect(decodeMessage(encodeMessage(message))).toEqual(message);
    }
    expect(understood).toBeGreaterThan(100);
  });

  test('is never made of random fields by mistake, and nothing is thrown', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ maxDepth: 2 }), { size: 'max', maxLength: 10 }), (fields) => {
        let bytes: Uint8Array;
        try {
          bytes = sealedFields(['news', 'a', 1, 1, fields]);
        } catch {
          return;
        }
        const message = decodeMessage(bytes);
        if (message?.form === 'news') expect(message.notices.length).toBeLessThanOrEqual(fields.length);
      }),
      { seed: SEED, numRuns: 500 },
    );
  });

  test('leaves aside notices of later versions, and keeps the rest', () => {
    const clear = [6, 'main', 1, 2];
    expect(decodeMessage(sealedFields(['news', 'a', 1, 1, [[64, 'whatever'], clear]]))).toMatchObject({ notices: [{ about: 'clear' }] });
  });

  test.each([
    ['a beat without an end', ['beat', 'a', 1, 1, 0, false]],
    ['a beat sent at no time', ['beat', 'a', 1, 1, Number.NaN, false, 0]],
    ['a beat that may be the last', ['beat', 'a', 1, 1, 0, 'yes', 0]],
    ['a form unknown here', ['song', 'a', 1, 1, []]],
    ['news without a number', ['news', 'a', 1, 0, []]],
    ['an epoch that is no count', ['news', 'a', -1, 1, []]],
    ['a number beyond the safe integers', ['news', 'a', 1, 2 ** 53, []]],
    ['a publisher without a name', ['news', '', 1, 1, []]],
    ['a publisher whose name is long', ['news', 'a'.repeat(65), 1, 1, []]],
    ['no list of notices', ['news', 'a', 1, 1, 'none']],
    ['a notice that is no list', ['news', 'a', 1, 1, [{}]]],
    ['no list', 'news'],
    ['a notice of no namespace', ['news', 'a', 1, 1, [[6, 'a:b', 1, 1]]]],
    ['a notice of no stamp', ['news', 'a', 1, 1, [[6, 'main', -1, 1]]]],
    ['a notice of no origin', ['news', 'a', 1, 1, [[6, 'main', 1, 2 ** 32]]]],
    ['a notice of kind 7, which there is not', ['news', 'a', 1, 1, [[7, 'main', 1, 1, 'n', 'A', false]]]],
    ['a tag that is empty', ['news', 'a', 1, 1, [[4, 'main', 1, 1, '', true]]]],
    ['a tag that is kept or not', ['news', 'a', 1, 1, [[4, 'main', 1, 1, 'a', 1]]]],
    ['a pattern with nine stars', ['news', 'a', 1, 1, [[5, 'main', 1, 1, '*a*a*a*a*a*a*a*a*', true, false]]]],
    ['a pattern that was shared or not', ['news', 'a', 1, 1, [[5, 'main', 1, 1, '*', true, null]]]],
    ['a key with a control character', ['news', 'a', 1, 1, [[2, 'main', 1, 1, 'n', 'A\n', false]]]],
    ['a kind with a colon', ['news', 'a', 1, 1, [[2, 'main', 1, 1, 'n:', 'A', false]]]],
    ['an event time that is text', ['news', 'a', 1, 1, [[1, 'main', 1, 1, 'n', 'A', false, 'now', null]]]],
    ['an entry that is no bytes', ['news', 'a', 1, 1, [[1, 'main', 1, 1, 'n', 'A', false, null, 'bytes']]]],
  ])('is none with %s', (_, fields) => {
    expect(decodeMessage(sealedFields(fields))).toBeUndefined();
  });

  test('is none of no bytes, of a header alone, of a version that there never was, or with another version than it was sent with', () => {
    const bytes = encodeMessage(newsOf('a', 1));
    const changed = bytes.slice();
    changed[2] = 2;
    const never = sealedFields(['news', 'a', 1, 1, []], 0);
    const none = [new Uint8Array(), bytes.slice(0, MESSAGE_HEADER_LENGTH), never, changed];
    expect(none.map(decodeMessage)).toEqual(none.map(() => undefined));
  });

  test('of a later version has its place, whatever its form and whatever it says; a beat is one for ever', () => {
    const place = { publisher: 'a', epoch: 3, sequence: 7 };
    for (const form of ['news', 'song', 9]) {
      expect(decodeMessage(sealedFields([form, 'a', 3, 7, { anything: [1] }, 'more'], 2))).toEqual({ form: 'unread', ...place });
    }
    expect(decodeMessage(sealedFields(['beat', 'a', 3, 7, 1.5, true, 9, 'more'], 255))).toEqual(
      beatOf('a', 7, 1.5, { epoch: 3, isLast: true, stamp: 9 }),
    );
    for (const fields of [['news', 'a', 3, 0, []], ['news', '', 3, 7], ['beat', 'a', 3, 7], 'news']) {
      expect(decodeMessage(sealedFields(fields, 2))).toBeUndefined();
    }
  });
});
