/**
 * Where the item of CBOR that starts at `at` ends, after the pseudocode of RFC 8949,
 * appendix C. It knows nothing of the codec it judges. @throws Error when the item is not well-formed.
 */
export function itemEnd(bytes: Uint8Array, at = 0): number {
  const first = bytes[at];
  if (first === undefined) throw new Error(`nothing at ${at}`);
  const form = first & 0x1f;
  if (form > 27) throw new Error(`no definite length at ${at}`);
  const width = form < 24 ? 0 : 2 ** (form - 24);
  const argument = form < 24 ? form : [...bytes.subarray(at + 1, at + 1 + width)].reduce((number, byte) => number * 256 + byte, 0);
  let end = at + 1 + width;
  switch (first >> 5) {
    case 2:
    case 3:
      end += argument;
      break;
    case 4:
      for (let i = 0; i < argument; i++) end = itemEnd(bytes, end);
      break;
    case 5:
      for (let i = 0; i < argument * 2; i++) end = itemEnd(bytes, end);
      break;
    case 6:
      end = itemEnd(bytes, end);
      break;
    case 7:
      if (form === 24 && argument < 32) throw new Error(`a simple value in two bytes at ${at}`);
  }
  if (end > bytes.length) throw new Error(`cut short at ${at}`);
  return end;
}
