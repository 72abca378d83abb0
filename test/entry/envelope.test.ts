import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../src/entry/codec/binary-codec.ts';
import type { Codec } from '../../src/entry/codec/codec.ts';
import { builtInCodecs, codecsWith } from '../../src/entry/codec/codecs.ts';
import { jsonCodec } from '../../src/entry/codec/json-codec.ts';
import type { Entry } from '../../src/entry/entry.ts';
import { open, seal, sealTombstone } from '../../src/entry/envelope.ts';
import { isNewer, OFFSETS, type Precedence, peekHeader } from '../../src/entry/envelope-header.ts';
import { ValueError } from '../../src/errors.ts';
import { keptValue, text } from './codec/kept-values.ts';
import { ENTRY, forged, KEY, moveToTexts } from './forged.ts';

const instant = fc.oneof(fc.integer({ min: 0, max: 2 ** 45 }), fc.double({ min: 0, max: 2 ** 45, noNaN: true }));
const entry: fc.Arbitrary<Entry> = fc
  .record({
    key: text,
    value: keptValue,
    isNegative: fc.boolean(),
    eventAt: fc.option(instant, { nil: undefined }),
    askedAt: instant,
    staleAt: fc.oneof(instant, fc.constant(Number.POSITIVE_INFINITY)),
    deadAt: fc.oneof(instant, fc.constant(Number.POSITIVE_INFINITY)),
    version: fc.record({ stamp: fc.maxSafeNat(), origin: fc.nat(2 ** 31) }, { noNullPrototype: true }),
    tags: fc.array(text, { maxLength: 4 }),
    source: fc.option(text, { nil: undefined }),
    isFinal: fc.boolean(),
    why: text,
  })
  .map((made) => ({ ...made, value: made.isNegative ? undefined : made.value }));

describe('an envelope', () => {
  test('gives back the entry that was sealed', () => {
    fc.assert(
      fc.property(entry, fc.nat(7), (sealed, offset) => {
        const { bytes, key, version, eventAt, deadAt } = seal(sealed, binaryCodec);
        assert.deepStrictEqual(
          { key, version, eventAt, deadAt },
          { key: sealed.key, version: sealed.version, eventAt: sealed.eventAt, deadAt: sealed.deadAt },
        );
        // Stores hand out bytes at any place.
        const moved = new Uint8Array(bytes.length + offset);
        moved.set(bytes, offset);
        const opened = open(moved.subarray(offset), key, builtInCodecs);
        moved.fill(0xff);
        assert.deepStrictEqual(opened, sealed);
        assert.deepStrictEqual(peekHeader(bytes, key), { version, eventAt, deadAt, isTombstone: false });
      }),
      { numRuns: 1_000 },
    );
  });

  test('names the codec of its value', () => {
    const { bytes } = seal(ENTRY, jsonCodec);
    expect(Buffer.from(bytes).toString('latin1')).toContain('{"positions":[{"symbol":"S0"');
    expect(open(bytes, KEY, builtInCodecs)).toEqual(ENTRY);
    expect(open(bytes, KEY, new Map([[1, binaryCodec]]))).toBe('codec');
  });

  test('takes codecs of others', () => {
    const reversed: Codec = {
      id: 77,
      name: 'reversed',
      encode: (value) => binaryCodec.encode(value).toReversed(),
      decode: (bytes) => binaryCodec.decode(bytes.toReversed()),
    };
    const { bytes } = seal(ENTRY, reversed);
    expect(open(bytes, KEY, codecsWith(reversed))).toEqual(ENTRY);
    expect(open(bytes, KEY, builtInCodecs)).toBe('codec');
    const broken: Codec = { ...reversed, decode: () => assert.fail('a codec that throws what it likes') };
    expect(open(bytes, KEY, codecsWith(broken))).toBe('value');
  });

  test('keeps no value of a negative entry, whatever codecs there are', () => {
    const negative = { ...ENTRY, value: undefined, isNegative: true, eventAt: undefined, source: undefined, tags: [] };
    const { bytes } = seal(negative, binaryCodec);
    expect(open(bytes, KEY, new Map())).toEqual(negative);
  });

  test('tells undefined, which is a value, from no value', () => {
    expect(open(seal({ ...ENTRY, value: undefined }, binaryCodec).bytes, KEY, builtInCodecs)).toMatchObject({
      value: undefined,
      isNegative: false,
    });
  });

  test('refuses values and tags that cannot be kept', () => {
    expect(() => seal({ ...ENTRY, value: { onTick: () => 1 } }, binaryCodec)).toThrow(
      'A function cannot be kept; give plain data (at $.onTick)',
    );
    expect(() => seal({ ...ENTRY, tags: ['x\ud800'] }, binaryCodec)).toThrow(ValueError);
  });

  test('refuses values that are too long, and says what to do', () => {
    const long = { ...ENTRY, value: new Uint8Array(1_000) };
    expect(() => seal(long, binaryCodec, { maxValueBytes: 500 })).toThrow(
      'The value has 1005 bytes and may have 500; split it, or raise `maxValueBytes` (at $)',
    );
    expect(() => seal({ ...ENTRY, value: new Uint8Array(17 * 1_024 * 1_024) }, binaryCodec)).toThrow(ValueError);
  });
});

describe('bytes that are no entry of the key are refused', () => {
  const { bytes } = seal(ENTRY, binaryCodec);
  const at = (offset: number, value: number): Uint8Array => {
    const changed = new Uint8Array(bytes);
    changed[offset] = value;
    return changed;
  };
  const float = (offset: number, value: number) => forged(bytes, (view) => view.setFloat64(offset, value, true));
  const byte = (offset: number, value: number) => forged(bytes, (view) => view.setUint8(offset, value));
  const long = seal({ ...ENTRY, value: new Float64Array(1_000) }, binaryCodec, { compressFromBytes: Number.POSITIVE_INFINITY }).bytes;

  test.each<[string, Uint8Array, string]>([
    ['nothing', new Uint8Array(), 'foreign'],
    ['JSON', Buffer.from('{"value":1}'), 'foreign'],
    ['the first byte alone', bytes.subarray(0, 1), 'foreign'],
    ['the first two bytes alone', bytes.subarray(0, 2), 'truncated'],
    ['half a header', bytes.subarray(0, 40), 'truncated'],
    ['all but the last byte', bytes.subarray(0, -1), 'truncated'],
    ['a byte too many', Buffer.concat([bytes, bytes.subarray(0, 1)]), 'truncated'],
    ['a later format version', at(OFFSETS.formatVersion, 2), 'version'],
    ['a later use of the reserved byte', at(OFFSETS.reserved, 1), 'version'],
    ['flags that are not known yet', byte(OFFSETS.flags, 64), 'version'],
    ['another bit in the payload', at(bytes.length - 1, bytes[bytes.length - 1]! ^ 1), 'checksum'],
    ['another bit in the checksum', at(OFFSETS.checksum, bytes[OFFSETS.checksum]! ^ 1), 'checksum'],
    ['an encrypted value', byte(OFFSETS.flags, 16), 'cipher'],
    ['the id of a cipher key', byte(OFFSETS.cipherKey, 1), 'cipher'],
    ['an unknown codec', byte(OFFSETS.codec, 99), 'codec'],
    ['an unknown compression', byte(OFFSETS.compression, 99), 'codec'],
    ['another codec than it was', byte(OFFSETS.codec, 2), 'value'],
    ['a stamp that is no integer', float(OFFSETS.stamp, 0.5), 'value'],
    ['a stamp below zero', float(OFFSETS.stamp, -1), 'value'],
    ['an instant of asking that is none', float(OFFSETS.askedAt, Number.POSITIVE_INFINITY), 'value'],
    ['no instant of staleness', float(OFFSETS.staleAt, Number.NaN), 'value'],
    ['no instant of death', float(OFFSETS.deadAt, Number.NaN), 'value'],
    ['a length that is not the payload’s', forged(bytes, (view) => view.setUint32(OFFSETS.plainLength, 1, true)), 'value'],
    ['texts that end within one', forged(bytes, (view) => view.setUint32(68, 1_000, true)), 'value'],
    ['a length cut off by the end of the texts', forged(bytes, (view) => view.setUint32(68, bytes.length, true)), 'value'],
    ['more texts than there are', forged(long, (view) => moveToTexts(view, 3)), 'value'],
    ['no texts', forged(bytes, (view) => allToPayload(view)), 'value'],
    [
      'a value without a source, whose flags tell of one',
      forged(seal({ ...ENTRY, source: undefined, tags: [] }, binaryCodec).bytes, (view) => view.setUint8(OFFSETS.flags, 8)),
      'value',
    ],
    ['more than the limit', forged(bytes, (view) => view.setUint32(OFFSETS.plainLength, 2 ** 27, true)), 'size'],
  ])('%s', (_, changed, fault) => {
    expect(open(changed, KEY, builtInCodecs)).toBe(fault);
  });

  test('bytes of another key', () => {
    for (const key of ['main:portfolio:bob', 'main:portfolio:alice ', 'other:portfolio:alice', 'main:quote:alice', '']) {
      expect(open(bytes, key, builtInCodecs)).toBe('checksum');
    }
  });

  test('a tombstone, which has a header all the same', () => {
    const tombstone = sealTombstone(KEY, ENTRY.version, 5_000);
    expect(tombstone).toMatchObject({ key: KEY, version: ENTRY.version, eventAt: undefined, deadAt: 5_000 });
    expect(open(tombstone.bytes, KEY, builtInCodecs)).toBe('tombstone');
    expect(open(tombstone.bytes, 'main:portfolio:bob', builtInCodecs)).toBe('checksum');
    expect(peekHeader(tombstone.bytes, KEY)).toEqual({ version: ENTRY.version, eventAt: undefined, deadAt: 5_000, isTombstone: true });
  });

  test('and their headers are not read', () => {
    expect(peekHeader(bytes.subarray(0, 60))).toBeUndefined();
    expect(peekHeader(at(OFFSETS.magic, 0))).toBeUndefined();
    expect(peekHeader(at(OFFSETS.formatVersion, 2))).toBeUndefined();
    expect(peekHeader(bytes, 'main:portfolio:bob')).toBeUndefined();
    expect(peekHeader(at(OFFSETS.stamp, 1), KEY)).toBeUndefined();
    expect(peekHeader(bytes)).toEqual({ version: ENTRY.version, eventAt: ENTRY.eventAt, deadAt: ENTRY.deadAt, isTombstone: false });
  });
});

function allToPayload(view: DataView): void {
  moveToTexts(view, -view.getUint32(OFFSETS.textsLength, true));
}

describe('isNewer', () => {
  const of = (stamp: number, eventAt?: number, isTombstone = false): Precedence => ({
    version: { stamp, origin: 1 },
    eventAt,
    isTombstone,
  });

  test.each<[string, Precedence, Precedence | undefined, boolean]>([
    ['anything, where there is nothing', of(1), undefined, true],
    ['a later event of an older version', of(1, 200), of(2, 100), true],
    ['an earlier event of a newer version', of(2, 100), of(1, 200), false],
    ['a newer version of the same event', of(2, 100), of(1, 100), true],
    ['an older version of the same event', of(1, 100), of(2, 100), false],
    ['a newer version, one without event', of(2), of(1, 100), true],
    ['an older version, one without event', of(1, 100), of(2), false],
    ['the same again', of(1, 100), of(1, 100), false],
    ['the same version of a higher origin', { ...of(1), version: { stamp: 1, origin: 2 } }, of(1), true],
    ['an event at time 0 before a later one', of(9, 0), of(1, 1), false],
    ['a newer tombstone', of(2, undefined, true), of(1, 100), true],
    ['an older tombstone', of(1, undefined, true), of(2, 100), false],
    ['a write newer than a tombstone, whatever its event', of(2, 1), of(1, 100, true), true],
    ['a write older than a tombstone', of(1, 200), of(2, 100, true), false],
    ['a write of the version of a tombstone', of(2, 200), of(2, undefined, true), false],
  ])('%s', (_, incoming, stored, expected) => {
    expect(isNewer(incoming, stored)).toBe(expected);
  });

  test('takes a sealed entry and a header', () => {
    const older = seal(ENTRY, binaryCodec);
    const newer = seal({ ...ENTRY, version: { stamp: ENTRY.version.stamp + 1, origin: 0 } }, binaryCodec);
    expect(isNewer(newer, peekHeader(older.bytes))).toBe(true);
    expect(isNewer(older, peekHeader(newer.bytes))).toBe(false);
  });

  test('never lets two entries each take the place of the other', () => {
    const precedence = fc.record({
      version: fc.record({ stamp: fc.nat(3), origin: fc.nat(1) }),
      eventAt: fc.option(fc.nat(3), { nil: undefined }),
      isTombstone: fc.boolean(),
    });
    fc.assert(fc.property(precedence, precedence, (a, b) => !(isNewer(a, b) && isNewer(b, a))));
  });
});
