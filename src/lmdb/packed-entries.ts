/** Something to write, on its way to the thread that writes: what key and bytes mean is known there. */
export interface PackedEntry {
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
}

/** Before each entry stand the lengths of its key and of its bytes. */
const HEAD_BYTES = 8;

/** Lays entries out in one buffer, which goes to another thread without being copied again. */
export function pack(entries: readonly { readonly key: string; readonly bytes: Uint8Array }[]): ArrayBuffer {
  let length = 0;
  for (const { key, bytes } of entries) length += packedLength(key, bytes);
  const packed = Buffer.from(new ArrayBuffer(length));
  let at = 0;
  for (const { key, bytes } of entries) {
    const keyLength = packed.write(key, at + HEAD_BYTES);
    packed.writeUInt32LE(keyLength, at);
    packed.writeUInt32LE(bytes.length, at + 4);
    packed.set(bytes, at + HEAD_BYTES + keyLength);
    at += HEAD_BYTES + keyLength + bytes.length;
  }
  return packed.buffer;
}

/** How many bytes an entry takes in a pack. */
export function packedLength(key: string, bytes: Uint8Array): number {
  return HEAD_BYTES + Buffer.byteLength(key) + bytes.length;
}

/** The entries of a pack, in their order; they are views of it. */
export function* unpack(packed: ArrayBuffer): Generator<PackedEntry, void, void> {
  const all = Buffer.from(packed);
  for (let at = 0; at < all.length; ) {
    const keyAt = at + HEAD_BYTES;
    const bytesAt = keyAt + all.readUInt32LE(at);
    const end = bytesAt + all.readUInt32LE(at + 4);
    yield { key: all.subarray(keyAt, bytesAt), bytes: all.subarray(bytesAt, end) };
    at = end;
  }
}
