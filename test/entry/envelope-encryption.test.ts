import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { binaryCodec } from '../../src/entry/codec/binary-codec.ts';
import { builtInCodecs } from '../../src/entry/codec/codecs.ts';
import { jsonCodec } from '../../src/entry/codec/json-codec.ts';
import { type Compression, deflate, zstd } from '../../src/entry/compression.ts';
import type { Entry } from '../../src/entry/entry.ts';
import { open, seal, sealTombstone } from '../../src/entry/envelope.ts';
import { HEADER_LENGTH, OFFSETS } from '../../src/entry/envelope-header.ts';
import type { OpenOptions, SealOptions } from '../../src/entry/envelope-payload.ts';
import { keyRing } from '../../src/entry/key-ring.ts';
import { ConfigError, ValueError } from '../../src/errors.ts';
import { ENTRY, forged, KEY, moveToTexts } from './forged.ts';

const SECRET = Buffer.alloc(32, 'a key for tests that nobody uses');
const keys = keyRing({ id: 7, key: SECRET });
const sensitive = { isSensitive: true, keys };
const NEGATIVE: Entry = { ...ENTRY, value: undefined, isNegative: true };

const opened = (bytes: Uint8Array, key = KEY, options: OpenOptions = sensitive) => open(bytes, key, builtInCodecs, options);

const payloadAtOf = (bytes: Uint8Array): number =>
  bytes.length - new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(OFFSETS.payloadLength, true);

describe('an encrypted envelope', () => {
  const compressions: [string, SealOptions][] = [
    ['plain', { compressFromBytes: Number.POSITIVE_INFINITY }],
    ...[deflate, zstd]
      .filter((each): each is Compression => each !== undefined)
      .map((compression): [string, SealOptions] => [compression.name, { compression, compressFromBytes: 1 }]),
  ];

  for (const codec of [binaryCodec, jsonCodec]) {
    for (const [name, options] of compressions) {
      test.each([false, true])(`gives back what was sealed: ${codec.name}, ${name}, sensitive %s`, (isSensitive) => {
        const { bytes } = seal(ENTRY, codec, { ...options, isSensitive, keys });
        expect(bytes[OFFSETS.compression]).toBe(options.compression?.id ?? 0);
        expect(bytes[OFFSETS.cipherKey]).toBe(isSensitive ? 7 : 0);
        expect(opened(bytes, KEY, { isSensitive, keys })).toEqual(ENTRY);
        expect(Buffer.from(bytes).includes('shares')).toBe(name === 'plain' && !isSensitive);
      });
    }
  }

  test('says of no value, too, that it was written by who has the key', () => {
    const { bytes } = seal(NEGATIVE, binaryCodec, sensitive);
    expect(opened(bytes)).toEqual(NEGATIVE);
    const plain = seal(NEGATIVE, binaryCodec).bytes;
    expect(opened(plain)).toBe('cipher');
    // Its flag set, and nothing behind it that could have been encrypted.
    expect(opened(forged(plain, markEncrypted))).toBe('cipher-tag');
    // A value made out to be none, and the other way about.
    const value = seal(ENTRY, binaryCodec, sensitive).bytes;
    expect(opened(forged(value, (view) => view.setUint8(OFFSETS.flags, view.getUint8(OFFSETS.flags) ^ 1)))).toBe('cipher-tag');
    expect(opened(forged(bytes, (view) => view.setUint8(OFFSETS.flags, view.getUint8(OFFSETS.flags) ^ 1)))).toBe('cipher-tag');
  });

  test('is another each time', () => {
    expect(seal(ENTRY, binaryCodec, sensitive).bytes).not.toEqual(seal(ENTRY, binaryCodec, sensitive).bytes);
  });

  test('is not made without a key, nor without telling what to do', () => {
    expect(() => seal(ENTRY, binaryCodec, { isSensitive: true })).toThrow(ConfigError);
  });

  test('is read where it need not be encrypted, so that a kind may cease to be sensitive', () => {
    const { bytes } = seal(ENTRY, binaryCodec, sensitive);
    expect(opened(bytes, KEY, { keys })).toEqual(ENTRY);
    expect(opened(bytes, KEY, {})).toBe('cipher-key');
  });

  test('leaves no word of a value in the error that refuses it', () => {
    const refusal = (options: SealOptions): ValueError => {
      try {
        seal({ ...ENTRY, value: { 'account 4711': () => 1 } }, binaryCodec, options);
      } catch (error) {
        return error as ValueError;
      }
      throw new Error('The value was taken');
    };
    expect(refusal({}).message).toContain('4711');
    expect(refusal(sensitive)).toBeInstanceOf(ValueError);
    expect(`${refusal(sensitive).stack} ${refusal(sensitive).path} ${refusal(sensitive).cause}`).not.toContain('4711');
    expect(() => seal({ ...ENTRY, value: new Uint8Array(600) }, binaryCodec, { ...sensitive, maxValueBytes: 500 })).toThrow(
      'raise `maxValueBytes`',
    );
  });
});

function markEncrypted(view: DataView): void {
  view.setUint8(OFFSETS.flags, view.getUint8(OFFSETS.flags) | 16);
  view.setUint8(OFFSETS.cipherKey, 7);
}

describe('refused, whoever made the checksum right, is', () => {
  test('any other bit, anywhere', () => {
    const envelopes = [
      seal(ENTRY, binaryCodec, { ...sensitive, compressFromBytes: 1 }),
      seal({ ...ENTRY, value: 1 }, jsonCodec, sensitive),
      seal(NEGATIVE, jsonCodec, sensitive),
    ];
    for (const { bytes } of envelopes) {
      for (let bit = 0; bit < bytes.length * 8; bit += 1) {
        const flip = (copy: Uint8Array): void => {
          copy[bit >> 3]! ^= 1 << (bit & 7);
        };
        const flipped = new Uint8Array(bytes);
        flip(flipped);
        assert.equal(typeof opened(flipped), 'string', `bit ${bit}`);
        // The checksum itself is put right again.
        if (bit >> 3 < OFFSETS.checksum || bit >> 3 >= OFFSETS.flags)
          assert.equal(typeof opened(forged(bytes, (_, copy) => flip(copy))), 'string', `bit ${bit}, forged`);
      }
    }
  });

  test('any entry at all with some bits or bytes changed', () => {
    const value = fc.oneof(fc.string({ size: 'max', maxLength: 5_000 }), fc.array(fc.double(), { size: 'max', maxLength: 300 }));
    const changes = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 255 })), { size: 'max', minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(value, changes, fc.array(fc.string(), { size: 'max', maxLength: 20 }), (sealed, changed, tags) => {
        const { bytes } = seal({ ...ENTRY, value: sealed, tags: tags.filter((tag) => tag.isWellFormed()) }, binaryCodec, sensitive);
        assert.equal(typeof opened(bytes), 'object');
        const changedBytes = forged(bytes, (_, copy) => {
          // Each place once, so that no change undoes another.
          for (const [at, by] of new Map(changed.map(([at, by]) => [OFFSETS.flags + (at % (bytes.length - OFFSETS.flags)), by])))
            copy[at]! ^= by;
        });
        assert.equal(typeof opened(changedBytes), 'string');
      }),
      { numRuns: 500 },
    );
  });

  test.each<[string, (view: DataView, bytes: Uint8Array) => void]>([
    ['a longer freshness', (view) => view.setFloat64(OFFSETS.staleAt, 2e12, true)],
    ['a longer life', (view) => view.setFloat64(OFFSETS.deadAt, Number.POSITIVE_INFINITY, true)],
    ['a later asking', (view) => view.setFloat64(OFFSETS.askedAt, 1.8e12, true)],
    ['a newer version', (view) => view.setFloat64(OFFSETS.stamp, 2e12, true)],
    ['another origin', (view) => view.setUint32(OFFSETS.origin, 1, true)],
    ['a later event', (view) => view.setFloat64(OFFSETS.eventAt, 1.9e12, true)],
    ['no event', (view) => view.setFloat64(OFFSETS.eventAt, Number.NaN, true)],
    ['another codec', (view) => view.setUint8(OFFSETS.codec, 2)],
    ['another compression', (view) => view.setUint8(OFFSETS.compression, 1)],
    ['another length', (view) => view.setUint32(OFFSETS.plainLength, 1, true)],
    ['a value that cannot change any more', (view) => view.setUint8(OFFSETS.flags, view.getUint8(OFFSETS.flags) | 2)],
    ['another reason', (view) => view.setUint8(HEADER_LENGTH + 4, 0x50)],
    ['another tag', (view, bytes) => view.setUint8(payloadAtOf(bytes) - 1, 0x78)],
    ['texts cut otherwise', (view) => moveToTexts(view, -9)],
    ['texts that reach into the payload', (view) => moveToTexts(view, 4)],
  ])('%s', (_, change) => {
    const { bytes } = seal(ENTRY, binaryCodec, sensitive);
    expect(opened(forged(bytes, change))).toBe('cipher-tag');
  });

  test('what was written for another key, kind or namespace', () => {
    const { bytes } = seal(ENTRY, binaryCodec, sensitive);
    for (const key of [
      'main:portfolio:bob',
      'main:quote:alice',
      'other:portfolio:alice',
      'main:portfolio:alice ',
      'main/portfolio:alice',
      '',
    ]) {
      expect(opened(bytes, key)).toBe('checksum');
      expect(
        opened(
          forged(bytes, () => {}, key),
          key,
        ),
      ).toBe('cipher-tag');
      expect(
        opened(
          forged(bytes, () => {}, key),
          key,
          { keys },
        ),
      ).toBe('cipher-tag');
    }
  });

  test('the payload of another entry of the same key', () => {
    const older = seal({ ...ENTRY, value: 'old' }, binaryCodec, sensitive).bytes;
    const newer = seal(
      { ...ENTRY, value: 'new', version: { ...ENTRY.version, stamp: ENTRY.version.stamp + 1 } },
      binaryCodec,
      sensitive,
    ).bytes;
    expect(opened(forged(newer, (_, copy) => copy.set(older.subarray(payloadAtOf(older)), payloadAtOf(newer))))).toBe('cipher-tag');
  });

  test('a value that is not encrypted, marked so or not', () => {
    const { bytes } = seal(ENTRY, binaryCodec);
    expect(opened(bytes)).toBe('cipher');
    expect(opened(forged(bytes, markEncrypted))).toBe('cipher-tag');
    // An encrypted one, said to be plain.
    const bare = (view: DataView): void => {
      view.setUint8(OFFSETS.flags, view.getUint8(OFFSETS.flags) & ~16);
      view.setUint8(OFFSETS.cipherKey, 0);
    };
    expect(opened(forged(seal(ENTRY, binaryCodec, sensitive).bytes, bare))).toBe('cipher');
    expect(opened(sealTombstone(KEY, ENTRY.version, 5_000).bytes)).toBe('tombstone');
  });

  test('half a mark of encryption', () => {
    const { bytes } = seal(ENTRY, binaryCodec, sensitive);
    expect(opened(forged(bytes, (view) => view.setUint8(OFFSETS.cipherKey, 0)))).toBe('cipher');
    expect(opened(forged(bytes, (view) => view.setUint8(OFFSETS.flags, 0)))).toBe('cipher');
  });

  test('the id of a key that is not in the ring, and that of another key', () => {
    const both = keyRing([
      { id: 7, key: SECRET },
      { id: 8, key: Buffer.alloc(32, 'another key for tests, of no use') },
    ]);
    const { bytes } = seal(ENTRY, binaryCodec, sensitive);
    const relabelled = forged(bytes, (view) => view.setUint8(OFFSETS.cipherKey, 8));
    expect(opened(relabelled)).toBe('cipher-key');
    expect(opened(relabelled, KEY, { isSensitive: true, keys: both })).toBe('cipher-tag');
    expect(opened(bytes, KEY, { isSensitive: true, keys: both })).toEqual(ENTRY);
  });

  test('a tag of four bytes, which can be guessed', () => {
    const { bytes } = seal(NEGATIVE, binaryCodec, sensitive);
    const payloadAt = payloadAtOf(bytes);
    const nonce = bytes.subarray(payloadAt, payloadAt + 12);
    for (const length of [4, 8, 12]) {
      const short = new Uint8Array(bytes.subarray(0, payloadAt + 12 + length));
      const cut = forged(short, (view) => view.setUint32(OFFSETS.payloadLength, 12 + length, true));
      expect(opened(cut)).toBe('cipher-tag');
      // Nor is it taken when it is the right one of that length.
      const bound = Buffer.concat([cut.subarray(OFFSETS.flags, payloadAt), Buffer.from(`Tc1:${KEY}`)]);
      const cipher = createCipheriv('aes-256-gcm', SECRET, nonce, { authTagLength: length }).setAAD(bound);
      cipher.final();
      expect(opened(forged(cut, (_, copy) => copy.set(cipher.getAuthTag(), payloadAt + 12)))).toBe('cipher-tag');
    }
  });

  test('a payload that is shorter than a nonce and a tag', () => {
    const { bytes } = seal(NEGATIVE, binaryCodec, sensitive);
    for (let length = 0; length < 28; length += 1) {
      const short = new Uint8Array(bytes.subarray(0, payloadAtOf(bytes) + length));
      expect(opened(forged(short, (view) => view.setUint32(OFFSETS.payloadLength, length, true)))).toBe('cipher-tag');
    }
  });
});
