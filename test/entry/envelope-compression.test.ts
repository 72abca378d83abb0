import zlib from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../src/entry/codec/binary-codec.ts';
import { builtInCodecs } from '../../src/entry/codec/codecs.ts';
import { type Compression, deflate, fastestCompression, zstd, zstdOf } from '../../src/entry/compression.ts';
import type { Entry } from '../../src/entry/entry.ts';
import { open, seal } from '../../src/entry/envelope.ts';
import { checksum, OFFSETS } from '../../src/entry/envelope-header.ts';

const KEY = 'main:bars:AAPL';
const bars = Array.from({ length: 500 }, (_, i) => ({ time: 1.7e12 + i * 60_000, close: 100 + (i % 50) / 100, volume: 1_000 + i }));
const entry = (value: unknown): Entry => ({
  key: KEY,
  value,
  isNegative: false,
  eventAt: undefined,
  askedAt: 1.7e12,
  staleAt: 1.7e12,
  deadAt: 1.7e12,
  version: { stamp: 1, origin: 1 },
  tags: [],
  source: undefined,
  isFinal: false,
  why: '',
});
const plainBytes = binaryCodec.encode(bars).length;
const compressionOf = (bytes: Uint8Array): number | undefined => bytes[OFFSETS.compression];

/** An envelope whose payload is what `pack` makes of a value, and says to be `plainLength` long. */
function packed(bytes: Uint8Array, plainLength: number, id: number): Uint8Array {
  const { bytes: small } = seal(entry(1), binaryCodec);
  const forged = new Uint8Array(Buffer.concat([small.subarray(0, -1), bytes]));
  const view = new DataView(forged.buffer);
  view.setUint8(OFFSETS.compression, id);
  view.setUint32(OFFSETS.payloadLength, bytes.length, true);
  view.setUint32(OFFSETS.plainLength, plainLength, true);
  view.setUint32(OFFSETS.checksum, checksum(forged, KEY), true);
  return forged;
}

describe.each([deflate, zstd].filter((each): each is Compression => each !== undefined))('$name', (compression) => {
  test('shortens long values and gives them back', () => {
    const { bytes } = seal(entry(bars), binaryCodec, { compression });
    expect(compressionOf(bytes)).toBe(compression.id);
    expect(bytes.length).toBeLessThan(plainBytes / 2);
    expect(open(bytes, KEY, builtInCodecs)).toEqual(entry(bars));
  });

  test('ends a bomb where it says it ends, and before its limit', () => {
    const bomb = compression.compress(Buffer.alloc(200_000_000));
    const before = process.memoryUsage().rss;
    expect(open(packed(bomb, 200_000_000, compression.id), KEY, builtInCodecs)).toBe('size');
    expect(open(packed(bomb, 1_000, compression.id), KEY, builtInCodecs)).toBe('size');
    expect(open(packed(bomb, 60_000_000, compression.id), KEY, builtInCodecs, { maxPlainBytes: 1_000_000 })).toBe('size');
    expect(process.memoryUsage().rss - before).toBeLessThan(100_000_000);
  });

  test('refuses what says to be longer, or nothing, or is none of it', () => {
    const bytes = compression.compress(binaryCodec.encode('AAPL'));
    expect(open(packed(bytes, 5, compression.id), KEY, builtInCodecs)).toMatchObject({ value: 'AAPL' });
    expect(open(packed(bytes, 6, compression.id), KEY, builtInCodecs)).toBe('value');
    expect(open(packed(bytes, 0, compression.id), KEY, builtInCodecs)).toBe('value');
    expect(open(packed(bytes.subarray(0, -2), 5, compression.id), KEY, builtInCodecs)).toBe('value');
    expect(open(packed(Buffer.from([0xff, 0xff, 0xff, 0xff]), 5, compression.id), KEY, builtInCodecs)).toBe('value');
  });
});

describe('compression', () => {
  test('leaves short values, and those it would not shorten', () => {
    expect(compressionOf(seal(entry('x'.repeat(2_000)), binaryCodec).bytes)).toBe(0);
    expect(compressionOf(seal(entry('x'.repeat(2_100)), binaryCodec).bytes)).toBe(fastestCompression.id);
    expect(compressionOf(seal(entry('x'.repeat(2_100)), binaryCodec, { compressFromBytes: Number.POSITIVE_INFINITY }).bytes)).toBe(0);
    expect(compressionOf(seal(entry('x'.repeat(200)), binaryCodec, { compressFromBytes: 100 }).bytes)).toBe(fastestCompression.id);
    const noise = crypto.getRandomValues(new Uint8Array(10_000));
    const { bytes } = seal(entry(noise), binaryCodec);
    expect(compressionOf(bytes)).toBe(0);
    expect(open(bytes, KEY, builtInCodecs)).toMatchObject({ value: noise });
  });

  test('does without zstd where Node has none', () => {
    expect(zstdOf({})).toBeUndefined();
    expect(zstdOf(zlib)?.id).toBe(zstd?.id);
    const { bytes } = seal(entry(bars), binaryCodec);
    expect(open(packed(bytes, 5, 2), KEY, builtInCodecs, { compressions: new Map([[deflate.id, deflate]]) })).toBe('codec');
  });
});
