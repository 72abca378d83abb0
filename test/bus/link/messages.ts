import { crc32 } from 'node:zlib';
import { type BeatMessage, MESSAGE_HEADER_LENGTH, type NewsMessage } from '../../../src/bus/link/bus-message.ts';
import { binaryCodec } from '../../../src/entry/codec/binary-codec.ts';

/** A beat as a process sends it whose clock is the listener's. */
export function beatOf(publisher: string, sequence: number, sentAt: number, parts: Partial<BeatMessage> = {}): BeatMessage {
  return { form: 'beat', publisher, epoch: 1, sequence, sentAt, isLast: false, stamp: 0, ...parts };
}

/** News of nothing: only their place counts. */
export function newsOf(publisher: string, sequence: number, parts: Partial<NewsMessage> = {}): NewsMessage {
  return { form: 'news', publisher, epoch: 1, sequence, notices: [], ...parts };
}

/** The bytes of a message of any fields, with the right checksum: what only its sender could have damaged. */
export function sealedFields(fields: unknown, version = 1): Uint8Array {
  return sealedBody(binaryCodec.encode(fields), version);
}

/** The bytes of a message of any body, with the right checksum. */
export function sealedBody(body: Uint8Array, version = 1): Uint8Array {
  const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH + body.length);
  bytes.set([0x54, 0x62, version, 0]);
  bytes.set(body, MESSAGE_HEADER_LENGTH);
  new DataView(bytes.buffer).setUint32(4, crc32(body, version), true);
  return bytes;
}
