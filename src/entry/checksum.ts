import { crc32 } from 'node:zlib';

/** Longer bytes are summed by the machine's own code; for shorter ones the call costs more than the sum. */
const NATIVE_FROM_BYTES = 1_024;

/**
 * CRC-32 (ISO 3309, as in zlib), four bytes at a step: the first 256 numbers are
 * the sums of one byte, the next those of a byte with one zero behind it, and so on.
 * Kounavis and Berry, "A Systematic Approach to Building High Performance
 * Software-based CRC Generators" (2005).
 */
const TABLE: Int32Array = tableOf(4);

/** The CRC-32 of the UTF-8 of `key` and of `bytes` from `start` on, the one behind the other. */
export function checksumOf(key: string, bytes: Uint8Array, start: number): number {
  const length = bytes.length;
  const crc = crcOfText(key);
  if (length - start >= NATIVE_FROM_BYTES) return crc32(bytes.subarray(start), crc);
  let rest = ~crc;
  let at = start;
  for (; at + 4 <= length; at += 4) {
    rest ^= byteOf(bytes, at) | (byteOf(bytes, at + 1) << 8) | (byteOf(bytes, at + 2) << 16) | (byteOf(bytes, at + 3) << 24);
    rest = sumOf(768 + (rest & 0xff)) ^ sumOf(512 + ((rest >>> 8) & 0xff)) ^ sumOf(256 + ((rest >>> 16) & 0xff)) ^ sumOf(rest >>> 24);
  }
  for (; at < length; at += 1) rest = (rest >>> 8) ^ sumOf((rest ^ byteOf(bytes, at)) & 0xff);
  return ~rest >>> 0;
}

function crcOfText(text: string): number {
  let rest = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return crc32(text);
    rest = (rest >>> 8) ^ sumOf((rest ^ code) & 0xff);
  }
  return ~rest >>> 0;
}

function byteOf(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}

function sumOf(place: number): number {
  return TABLE[place] ?? 0;
}

function tableOf(steps: number): Int32Array {
  const table = new Int32Array(256 * steps);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
    table[byte] = crc;
  }
  for (let place = 256; place < table.length; place += 1) {
    const before = table[place - 256] ?? 0;
    table[place] = (before >>> 8) ^ (table[before & 0xff] ?? 0);
  }
  return table;
}
