import { crc32 } from 'node:zlib';
import { binaryCodec } from '../../entry/codec/binary-codec.ts';
import type { Notice } from '../notice.ts';
import { checkedNotice, noticeFields } from './notice-fields.ts';

/** Who sent a message, and its place among all that this sender sent. */
export interface Sender {
  /** A name drawn at random for each cache that takes part. */
  readonly publisher: string;
  /** Raised when the sender lost count of what it had to tell: whoever hears it must have missed something. */
  readonly epoch: number;
  /** Of news: 1 for the first of its epoch, and one more each time. Of a beat: that of the last news the bus has taken; 0 for none. */
  readonly sequence: number;
}

/** News: what a process did to entries. */
export interface NewsMessage extends Sender {
  readonly form: 'news';
  readonly notices: readonly Notice[];
}

/** A sign of life. */
export interface BeatMessage extends Sender {
  readonly form: 'beat';
  /** When it was sent, on the sender's monotonic clock. */
  readonly sentAt: number;
  /** The newest version stamp the sender knows of: whoever hears it writes newer ones, however its clock goes. */
  readonly stamp: number;
  /** The sender closes: it will not be heard again, and that is all right. */
  readonly isLast: boolean;
}

/** What is said over a bus. */
export type BusMessage = NewsMessage | BeatMessage;

/** News of a later version: their place is known, and not what they say. */
export interface UnreadMessage extends Sender {
  readonly form: 'unread';
}

/** "Tb"; behind it stand the version, and a byte that is zero. */
const MAGIC: readonly number[] = [0x54, 0x62];
/**
 * The version of what news say. In every version there is, the header is the
 * same; the body is a list that begins with the form and the sender; and a beat is
 * what it is here. New fields come last. So who does not understand the news
 * of a later version still counts them, and hears that their sender lives.
 */
const VERSION = 1;
const VERSION_AT = 2;
const ZERO_AT = 3;
/** Of the body, begun with the version. */
const CHECKSUM_AT = 4;
/** Bytes before the body: preamble and checksum. */
export const MESSAGE_HEADER_LENGTH = 8;

/** The bytes of a message: CBOR behind a checksum. */
export function encodeMessage(message: BusMessage): Uint8Array {
  const { publisher, epoch, sequence } = message;
  const rest = message.form === 'news' ? [message.notices.map(noticeFields)] : [message.sentAt, message.isLast, message.stamp];
  const body = binaryCodec.encode([message.form, publisher, epoch, sequence, ...rest]);
  const bytes = new Uint8Array(MESSAGE_HEADER_LENGTH + body.length);
  bytes.set([...MAGIC, VERSION, 0]);
  bytes.set(body, MESSAGE_HEADER_LENGTH);
  viewOf(bytes).setUint32(CHECKSUM_AT, crc32(body, VERSION), true);
  return bytes;
}

/** The message in `bytes`; `undefined` when they are none, or damaged. It never throws. */
export function decodeMessage(bytes: Uint8Array): BusMessage | UnreadMessage | undefined {
  if (bytes.length <= MESSAGE_HEADER_LENGTH || MAGIC.some((byte, at) => bytes[at] !== byte)) return undefined;
  const version = bytes[VERSION_AT] ?? 0;
  if (version < VERSION || bytes[ZERO_AT] !== 0) return undefined;
  const body = bytes.subarray(MESSAGE_HEADER_LENGTH);
  if (viewOf(bytes).getUint32(CHECKSUM_AT, true) !== crc32(body, version)) return undefined;
  try {
    const fields = binaryCodec.decode(body);
    return Array.isArray(fields) ? checkedMessage(fields, version) : undefined;
  } catch {
    return undefined;
  }
}

function checkedMessage(fields: readonly unknown[], version: number): BusMessage | UnreadMessage | undefined {
  const [form, publisher, epoch, sequence, ...rest] = fields;
  if (typeof publisher !== 'string' || !/^[\w-]{1,64}$/.test(publisher)) return undefined;
  if (!isCount(epoch) || !isCount(sequence)) return undefined;
  if (form === 'beat') {
    const [sentAt, isLast, stamp] = rest;
    if (typeof sentAt !== 'number' || !Number.isFinite(sentAt) || typeof isLast !== 'boolean' || !isCount(stamp)) return undefined;
    return { form, publisher, epoch, sequence, sentAt, isLast, stamp };
  }
  if (sequence === 0) return undefined;
  if (version > VERSION) return { form: 'unread', publisher, epoch, sequence };
  const [list] = rest;
  if (form !== 'news' || !Array.isArray(list)) return undefined;
  const notices: Notice[] = [];
  for (const fields of list) {
    const notice = Array.isArray(fields) ? checkedNotice(fields) : undefined;
    // What one process tells may be more than another knows of yet: that is no news to it, and no damage.
    if (notice) notices.push(notice);
    else if (!isLaterForm(fields)) return undefined;
  }
  return { form, publisher, epoch, sequence, notices };
}

/** A notice of a kind that a later version may send. */
function isLaterForm(fields: unknown): boolean {
  return Array.isArray(fields) && typeof fields[0] === 'number' && fields[0] >= FIRST_UNKNOWN_NOTICE;
}

/** Notices are numbered; from here on they are of later versions. */
const FIRST_UNKNOWN_NOTICE = 64;

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
