import type { Entry } from '../../src/entry/entry.ts';
import { checksum, OFFSETS } from '../../src/entry/envelope-header.ts';

/** What `ENTRY` is kept under. */
export const KEY = 'main:portfolio:alice';

/** An entry with something in every field; its value can be compressed, and is too short to be compressed unasked. */
export const ENTRY: Entry = {
  key: KEY,
  value: { positions: Array.from({ length: 40 }, (_, at) => ({ symbol: `S${at}`, shares: at * 100 })) },
  isNegative: false,
  eventAt: 1_767_623_400_000,
  askedAt: 1_767_623_400_123,
  staleAt: 1_767_623_405_123,
  deadAt: 1_767_623_465_123,
  version: { stamp: 1_551_234_567_890, origin: 0xdead_beef },
  tags: ['account:alice', 'Börse'],
  source: 'broker',
  isFinal: false,
  why: 'positions change',
};

/** The bytes changed, with the checksum that belongs to them: what one can do who may write to the store. */
export function forged(bytes: Uint8Array, change: (view: DataView, bytes: Uint8Array) => void, key: string = KEY): Uint8Array {
  const copy = new Uint8Array(bytes);
  change(new DataView(copy.buffer), copy);
  correctChecksum(copy, key);
  return copy;
}

/** Gives changed bytes the checksum that they should have under `key`. */
export function correctChecksum(bytes: Uint8Array, key: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  view.setUint32(OFFSETS.checksum, checksum(bytes, key), true);
}

/** Counts `count` bytes of the payload to the texts. */
export function moveToTexts(view: DataView, count: number): void {
  view.setUint32(OFFSETS.textsLength, view.getUint32(OFFSETS.textsLength, true) + count, true);
  view.setUint32(OFFSETS.payloadLength, view.getUint32(OFFSETS.payloadLength, true) - count, true);
}
