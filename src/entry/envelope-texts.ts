/** Before each text stands its length. */
const LENGTH_BYTES = 4;

/** How many bytes `texts` take in an envelope. */
export function textsLength(texts: readonly string[]): number {
  let length = 0;
  for (const text of texts) length += LENGTH_BYTES + Buffer.byteLength(text);
  return length;
}

/** Writes `texts` from `at` on, one after another, and tells where they end. */
export function writeTexts(bytes: Buffer, at: number, texts: readonly string[]): number {
  let end = at;
  for (const text of texts) {
    const length = bytes.write(text, end + LENGTH_BYTES);
    bytes.writeUInt32LE(length, end);
    end += LENGTH_BYTES + length;
  }
  return end;
}

/** The texts between `start` and `end`; `undefined` when they do not end there. */
export function readTexts(bytes: Uint8Array, view: DataView, start: number, end: number): string[] | undefined {
  const texts: string[] = [];
  let at = start;
  while (at + LENGTH_BYTES <= end) {
    const textAt = at + LENGTH_BYTES;
    at = textAt + view.getUint32(at, true);
    if (at > end) return undefined;
    texts.push(at === textAt ? '' : Buffer.from(bytes.buffer, bytes.byteOffset + textAt, at - textAt).toString());
  }
  return at === end ? texts : undefined;
}
