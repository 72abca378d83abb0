/** A cluster has so many slots. */
export const SLOT_COUNT = 16_384;

/** CRC-16 of the polynomial 0x1021, as XMODEM has it, by the byte. */
const TABLE: Uint16Array = Uint16Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit += 1) crc = (crc & 0x8000) === 0 ? crc << 1 : (crc << 1) ^ 0x1021;
  return crc;
});

/**
 * The slot of a key in a Redis Cluster: by what stands between its first `{` and
 * the first `}` after that, if anything does, else by all of it.
 */
export function keySlot(key: string): number {
  return crc16(hashed(key)) % SLOT_COUNT;
}

function hashed(key: string): string {
  const opensAt = key.indexOf('{');
  const closesAt = opensAt === -1 ? -1 : key.indexOf('}', opensAt + 1);
  return closesAt > opensAt + 1 ? key.slice(opensAt + 1, closesAt) : key;
}

function crc16(text: string): number {
  let crc = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f) return crc16OfBytes(Buffer.from(text));
    crc = ((crc << 8) ^ (TABLE[(crc >> 8) ^ code] ?? 0)) & 0xffff;
  }
  return crc;
}

function crc16OfBytes(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) ^ (TABLE[(crc >> 8) ^ byte] ?? 0)) & 0xffff;
  return crc;
}
