import { crc32 } from 'node:zlib';

/** Longer bytes are summed by the machine's own code; for shorter ones the call costs more than the sum. */
const NATIVE_FROM_BYTES = 512;

/** CRC-32 (ISO 3309, as in zlib), by the byte. */
const TABLE: Int32Array = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ 0xedb8_8320;
  return crc;
});

/** The CRC-32 of the UTF-8 of `key` and of `bytes` from `start` on, the one behind the other. */
export function checksumOf(key: string, bytes: Uint8Array, start: number): number {
  const length = bytes.length;
  const crc = crcOfText(key);
  if (length - start >= NATIVE_FROM_BYTES) return crc32(bytes.subarray(start), crc);
  let rest = ~crc;
  for (let at = start; at < length; at += 1) rest = (rest >>> 8) ^ (TABLE[(rest ^ (bytes[at] ?? 0)) & 0xff] ?? 0);
  return ~rest >>> 0;
}

function crcOfText(text: string): number {
  let rest = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return crc32(text);
    rest = (rest >>> 8) ^ (TABLE[(rest ^ code) & 0xff] ?? 0);
  }
  return ~rest >>> 0;
}
