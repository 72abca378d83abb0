import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../src/entry/codec/binary-codec.ts';
import { builtInCodecs } from '../../src/entry/codec/codecs.ts';
import { deflate, fastestCompression } from '../../src/entry/compression.ts';
import type { Entry } from '../../src/entry/entry.ts';
import { open, seal, sealTombstone } from '../../src/entry/envelope.ts';
import { OFFSETS } from '../../src/entry/envelope-header.ts';
import { keyRing } from '../../src/entry/key-ring.ts';
import { randomFrom } from './codec/random.ts';
import { correctChecksum, ENTRY } from './forged.ts';

const SEED = 20_260_105;
const RUNS = 100_000;

const entry = (argument: string, value: unknown): Entry => ({
  ...ENTRY,
  key: `main:bars:${argument}`,
  value,
  isNegative: value === undefined,
  deadAt: Number.POSITIVE_INFINITY,
  tags: [`sym:${argument}`],
  isFinal: true,
});

const bars = Array.from({ length: 100 }, (_, i) => ({ time: i, close: i / 7 }));
const keys = keyRing({ id: 7, key: Buffer.alloc(32, 'a key for tests that nobody uses') });
const sensitive = { isSensitive: true, keys };

const ENCRYPTED = [
  seal(entry('ORCL', { symbol: 'ORCL', bid: 140.5 }), binaryCodec, sensitive),
  seal(entry('SAP', bars), binaryCodec, { ...sensitive, compression: deflate, compressFromBytes: 1 }),
  seal(entry('GONE', undefined), binaryCodec, sensitive),
];
const SEALED = [
  seal(entry('AAPL', { symbol: 'AAPL', bid: 187.24 }), binaryCodec),
  seal(entry('MSFT', { symbol: 'MSFT', bid: 401.02 }), binaryCodec),
  seal(entry('TSLA', undefined), binaryCodec),
  seal(entry('BTC', bars), binaryCodec),
  seal(entry('ETH', bars), binaryCodec, { compression: fastestCompression, compressFromBytes: 1 }),
  seal(entry('SOL', bars), binaryCodec, { compression: deflate, compressFromBytes: 1 }),
  ...ENCRYPTED,
  sealTombstone('main:bars:GONE', { stamp: 1, origin: 1 }, 5_000),
];

describe('open', () => {
  test(`refuses ${RUNS} of ${RUNS} corrupted envelopes, seed ${SEED}`, () => {
    const random = randomFrom(SEED);
    const faults = new Map<unknown, number>();
    for (let run = 0; run < RUNS; run++) {
      const { key, bytes } = SEALED[random(SEALED.length)]!;
      const other = SEALED[random(SEALED.length)]!;
      let corrupted: Uint8Array = new Uint8Array(bytes);
      let asked = key;
      switch (run % 5) {
        case 0: // One bit is another.
          corrupted[random(bytes.length)]! ^= 1 << random(8);
          break;
        case 1: // Some bytes are others.
          for (let left = 1 + random(16); left > 0; left--) corrupted[random(bytes.length)]! ^= 1 + random(255);
          break;
        case 2: // The end is missing.
          corrupted = corrupted.subarray(0, random(bytes.length));
          break;
        case 3: // The start of one, the rest of another.
          corrupted = splice(bytes, other.bytes, random);
          break;
        default: // All is right, but for another key.
          asked = other === SEALED[0] || other.key === key ? `${key}${random(1_000)}` : other.key;
      }
      if (asked === key && Buffer.compare(corrupted, bytes) === 0) corrupted[random(bytes.length)]! ^= 1;
      const opened = open(corrupted, asked, builtInCodecs, { keys });
      const fault = typeof opened === 'string' ? opened : 'opened';
      faults.set(fault, (faults.get(fault) ?? 0) + 1);
    }
    const { opened = 0, tombstone = 0, ...refused } = Object.fromEntries(faults) as Record<string, number>;
    expect({ opened, tombstone }).toEqual({ opened: 0, tombstone: 0 });
    expect(Object.values(refused).reduce((sum, count) => sum + count)).toBe(RUNS);
    expect(Object.keys(refused).sort()).toEqual(['checksum', 'foreign', 'truncated', 'version']);
  });

  test(`refuses ${RUNS} of ${RUNS} encrypted envelopes that were changed and given the right checksum, seed ${SEED}`, () => {
    const random = randomFrom(SEED);
    for (let run = 0; run < RUNS; run++) {
      const { key, bytes } = ENCRYPTED[random(ENCRYPTED.length)]!;
      const other = SEALED[random(SEALED.length)]!;
      let changed: Uint8Array = new Uint8Array(bytes);
      if (run % 3 === 0) changed = splice(bytes, other.bytes, random);
      else for (let left = 1 + random(16); left > 0; left--) changed[random(bytes.length)]! ^= 1 + random(255);
      if (Buffer.compare(changed.subarray(OFFSETS.flags), bytes.subarray(OFFSETS.flags)) === 0) changed[OFFSETS.flags]! ^= 16;
      correctChecksum(changed, key);
      expect(open(changed, key, builtInCodecs, sensitive)).toBeTypeOf('string');
    }
  });

  test(`makes of ${RUNS} others with the right checksum what it may, and never throws, seed ${SEED}`, () => {
    const random = randomFrom(SEED);
    let refused = 0;
    for (let run = 0; run < RUNS; run++) {
      const { key, bytes } = SEALED[random(SEALED.length)]!;
      const changed = new Uint8Array(bytes);
      for (let left = 1 + random(4); left > 0; left--) changed[OFFSETS.flags + random(bytes.length - OFFSETS.flags)]! ^= 1 + random(255);
      correctChecksum(changed, key);
      if (typeof open(changed, key, builtInCodecs, { keys }) === 'string') refused += 1;
    }
    expect(refused).toBeGreaterThan(RUNS / 4);
  });
});

function splice(bytes: Uint8Array, others: Uint8Array, random: (below: number) => number): Uint8Array {
  const at = 1 + random(Math.min(bytes.length, others.length) - 1);
  const spliced = new Uint8Array(Buffer.concat([bytes.subarray(0, at), others.subarray(at)]));
  // Whole, it would be the other one, which is not corrupted.
  if (Buffer.compare(spliced, others) === 0) spliced[at]! ^= 0xff;
  return spliced;
}
