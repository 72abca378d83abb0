import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checksumOf } from '../../src/entry/checksum.ts';

test('the checksum of a key and bytes is their CRC-32, however long they are', () => {
  const bytes = fc.oneof(fc.uint8Array({ size: 'max', maxLength: 300 }), fc.uint8Array({ minLength: 1_000, maxLength: 1_100 }));
  fc.assert(
    fc.property(fc.string({ unit: 'binary', size: 'max', maxLength: 100 }), bytes, fc.nat(12), (key, all, start) => {
      expect(checksumOf(key, all, start)).toBe(crc32(all.subarray(start), crc32(key)));
    }),
    { numRuns: 2_000 },
  );
});
