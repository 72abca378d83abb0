import * as cbor from './cbor.ts';
import { Refusal } from './refusal.ts';

const FIRST_CAPACITY = 16 * 1_024;
/** No value may have more bytes than this, whatever the limits of the caller. */
const MAX_CAPACITY: number = 2 ** 30;
/** From here on the bytes written are handed over instead of copied. */
const HANDED_OVER_BYTES = 64 * 1_024;
/** Up to this length the characters are written one by one: a call of native code costs as much. */
const SHORT_TEXT_LENGTH = 48;
const LONGEST_HEAD = 9;
const MAX_UINT32 = 2 ** 32 - 1;

/** Writes the items of CBOR one after another into a buffer that grows and is used again. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafeSlow(FIRST_CAPACITY);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** How many bytes are written; what comes after is forgotten when it is set back. */
  get length(): number {
    return this.#length;
  }

  set length(length: number) {
    this.#length = length;
  }

  /** Forgets what was written, and the room it took if that was much. */
  clear(): void {
    this.#length = 0;
    if (this.#bytes.length > 2 * HANDED_OVER_BYTES) this.#replace(Buffer.allocUnsafeSlow(FIRST_CAPACITY));
  }

  /** What was written, in bytes that are the caller's alone; the writer starts anew. */
  take(): Uint8Array {
    const length = this.#length;
    this.#length = 0;
    const written = this.#bytes.subarray(0, length);
    if (length >= HANDED_OVER_BYTES) {
      this.#replace(Buffer.allocUnsafeSlow(FIRST_CAPACITY));
      return written;
    }
    const copy = Buffer.allocUnsafe(length);
    copy.set(written);
    return copy;
  }

  /** An item of one byte. */
  simple(item: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = item;
  }

  /** The head of an item: what it is and its number, from 0 up to 2^53. */
  head(major: number, count: number): void {
    this.#reserve(LONGEST_HEAD);
    const bytes = this.#bytes;
    if (count < 24) {
      bytes[this.#length++] = major | count;
    } else if (count < 0x100) {
      bytes[this.#length++] = major | 24;
      bytes[this.#length++] = count;
    } else if (count < 0x10000) {
      bytes[this.#length++] = major | 25;
      bytes[this.#length++] = count >>> 8;
      bytes[this.#length++] = count;
    } else if (count <= MAX_UINT32) {
      bytes[this.#length] = major | 26;
      this.#view.setUint32(this.#length + 1, count);
      this.#length += 5;
    } else {
      bytes[this.#length] = major | 27;
      this.#view.setUint32(this.#length + 1, Math.floor(count / 2 ** 32));
      this.#view.setUint32(this.#length + 5, count >>> 0);
      this.#length += 9;
    }
  }

  /** A number: an integer where it is one and is safe, else the shortest float that is exact. */
  number(value: number): void {
    if ((value | 0) === value && (value !== 0 || 1 / value > 0)) {
      if (value >= 0) this.head(cbor.UNSIGNED, value);
      else this.head(cbor.NEGATIVE, -1 - value);
    } else if (Number.isSafeInteger(value) && value !== 0) {
      if (value > 0) this.head(cbor.UNSIGNED, value);
      else this.head(cbor.NEGATIVE, -1 - value);
    } else {
      this.#float(value);
    }
  }

  #float(value: number): void {
    if (value === 0) this.#half(cbor.HALF_NEGATIVE_ZERO);
    else if (Number.isNaN(value)) this.#half(cbor.HALF_NAN);
    else if (value === Number.POSITIVE_INFINITY) this.#half(cbor.HALF_INFINITY);
    else if (value === Number.NEGATIVE_INFINITY) this.#half(cbor.HALF_NEGATIVE_INFINITY);
    else if (Math.fround(value) === value) {
      this.#reserve(5);
      this.#bytes[this.#length] = cbor.FLOAT32;
      this.#view.setFloat32(this.#length + 1, value);
      this.#length += 5;
    } else {
      this.#reserve(9);
      this.#bytes[this.#length] = cbor.FLOAT64;
      this.#view.setFloat64(this.#length + 1, value);
      this.#length += 9;
    }
  }

  #half(bits: number): void {
    this.#reserve(3);
    this.#bytes[this.#length] = cbor.FLOAT16;
    this.#view.setUint16(this.#length + 1, bits);
    this.#length += 3;
  }

  /** The magnitude of a bigint: at least 8 bytes, for the usual one is an instant in nanoseconds. */
  magnitude(value: bigint): void {
    if (value <= 0xffff_ffff_ffff_ffffn) {
      this.head(cbor.BYTES, 8);
      this.#reserve(8);
      this.#view.setBigUint64(this.#length, value);
      this.#length += 8;
      return;
    }
    const digits = value.toString(16);
    const byteCount = (digits.length + 1) >> 1;
    if (byteCount > cbor.MAX_BIGINT_BYTES) throw new Refusal(`A bigint of more than ${cbor.MAX_BIGINT_BYTES} bytes cannot be kept`);
    this.head(cbor.BYTES, byteCount);
    this.raw(Buffer.from(digits.padStart(byteCount * 2, '0'), 'hex'));
  }

  /** A text, as UTF-8. */
  text(text: string): void {
    if (text.length > SHORT_TEXT_LENGTH || !this.#ascii(text)) this.#utf8(text);
  }

  /** Writes a short text unless it has characters beyond ASCII. */
  #ascii(text: string): boolean {
    const length = text.length;
    this.#reserve(LONGEST_HEAD + SHORT_TEXT_LENGTH);
    const bytes = this.#bytes;
    let at = this.#length;
    if (length >= 24) bytes[at++] = cbor.TEXT | 24;
    bytes[at++] = length < 24 ? cbor.TEXT | length : length;
    for (let i = 0; i < length; i++) {
      const code = text.charCodeAt(i);
      if (code > 0x7f) return false;
      bytes[at++] = code;
    }
    this.#length = at;
    return true;
  }

  #utf8(text: string): void {
    if (!text.isWellFormed()) throw new Refusal('The text holds half of a surrogate pair; mend it with `toWellFormed()`');
    const byteCount = Buffer.byteLength(text);
    this.head(cbor.TEXT, byteCount);
    this.#reserve(byteCount);
    this.#length += this.#bytes.write(text, this.#length);
  }

  /** Bytes as they are. */
  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  #reserve(byteCount: number): void {
    if (this.#length + byteCount > this.#bytes.length) this.#grow(this.#length + byteCount);
  }

  #grow(needed: number): void {
    if (needed > MAX_CAPACITY) throw new Refusal(`The value has more than ${MAX_CAPACITY} bytes; split it`);
    const grown = Buffer.allocUnsafeSlow(Math.min(Math.max(needed + LONGEST_HEAD, this.#bytes.length * 2), MAX_CAPACITY));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#replace(grown);
  }

  #replace(bytes: Buffer<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}
