import { constants, isUtf8 } from 'node:buffer';
import { ValueError } from '../../errors.ts';
import * as cbor from './cbor.ts';
import { MAX_REMEMBERED_LENGTH, type TextCache } from './text-cache.ts';

/** What stands in a text where the bytes are no UTF-8, or where it was written. */
const REPLACEMENT = '\ufffd';

/**
 * Reads the items of CBOR one after another out of bytes it does not trust: every
 * length is compared with what is left before anything is made of that length.
 */
export class ByteReader {
  readonly #bytes: Buffer<ArrayBuffer>;
  readonly #view: DataView;
  readonly #end: number;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bufferOf(bytes);
    this.#view = new DataView(this.#bytes.buffer, this.#bytes.byteOffset, this.#bytes.length);
    this.#end = this.#bytes.length;
  }

  /** How many bytes are not read yet. */
  get left(): number {
    return this.#end - this.#at;
  }

  /** The error for bytes that this codec did not write. */
  fault(what: string): ValueError {
    return new ValueError(`The bytes are none of this codec's: ${what} at byte ${this.#at}`, '$');
  }

  /** The first byte of an item. */
  first(): number {
    if (this.#at >= this.#end) throw this.fault('an item is missing');
    return this.#view.getUint8(this.#at++);
  }

  /** The same, which stays to be read. */
  peek(): number {
    const first = this.first();
    this.#at -= 1;
    return first;
  }

  /** The number in the head of an item that starts with `first`. */
  argument(first: number): number {
    const form = first & 0x1f;
    if (form < 24) return form;
    const at = this.#at;
    switch (form) {
      case 24:
        this.#skip(1);
        return this.#view.getUint8(at);
      case 25:
        this.#skip(2);
        return this.#view.getUint16(at);
      case 26:
        this.#skip(4);
        return this.#view.getUint32(at);
      case 27:
        this.#skip(8);
        return this.#long(at);
      default:
        throw this.fault('an item without a definite length');
    }
  }

  #long(at: number): number {
    const number = this.#view.getUint32(at) * 2 ** 32 + this.#view.getUint32(at + 4);
    if (!Number.isSafeInteger(number)) throw this.fault('an integer beyond 2^53');
    return number;
  }

  /** The number in the head of an item that must be of `major`. */
  head(major: number): number {
    const first = this.first();
    if ((first & 0xe0) !== major) throw this.fault('an item of another type');
    return this.argument(first);
  }

  /** The number of items that follow a head; each takes at least a byte. */
  count(major: number): number {
    const count = this.head(major);
    if (count > this.left) throw this.fault('more items than bytes');
    return count;
  }

  /** The floating-point number that starts with `first`. */
  float(first: number): number {
    const at = this.#at;
    if (first === cbor.FLOAT64) {
      this.#skip(8);
      return this.#view.getFloat64(at);
    }
    if (first === cbor.FLOAT32) {
      this.#skip(4);
      return this.#view.getFloat32(at);
    }
    this.#skip(2);
    switch (this.#view.getUint16(at)) {
      case cbor.HALF_NEGATIVE_ZERO:
        return -0;
      case cbor.HALF_NAN:
        return Number.NaN;
      case cbor.HALF_INFINITY:
        return Number.POSITIVE_INFINITY;
      case cbor.HALF_NEGATIVE_INFINITY:
        return Number.NEGATIVE_INFINITY;
      default:
        throw this.fault('a half float');
    }
  }

  /** The text of `length` bytes that comes next. */
  text(length: number, cache: TextCache): string {
    const at = this.#at;
    this.#skip(length);
    if (length <= MAX_REMEMBERED_LENGTH) {
      const known = cache.read(this.#view, at, length);
      if (known !== undefined) return known;
    }
    if (length > constants.MAX_STRING_LENGTH) throw this.fault('a text that is too long');
    const text = this.#bytes.toString('utf8', at, at + length);
    if (text.includes(REPLACEMENT) && !isUtf8(this.#bytes.subarray(at, at + length))) throw this.fault('a text that is no UTF-8');
    return text;
  }

  /** A copy of the `length` bytes that come next. */
  copy(length: number): ArrayBuffer {
    const at = this.#bytes.byteOffset + this.#at;
    this.#skip(length);
    return this.#bytes.buffer.slice(at, at + length);
  }

  /** Copies the `length` bytes that come next into `target`. */
  copyInto(target: Uint8Array, length: number): void {
    const at = this.#at;
    this.#skip(length);
    target.set(this.#bytes.subarray(at, at + length));
  }

  /** The bigint of `length` bytes, without its sign. */
  magnitude(length: number): bigint {
    if (length > cbor.MAX_BIGINT_BYTES) throw this.fault('a bigint that is too long');
    const at = this.#at;
    this.#skip(length);
    if (length === 8) return this.#view.getBigUint64(at);
    return BigInt(`0x0${this.#bytes.toString('hex', at, at + length)}`);
  }

  #skip(length: number): void {
    if (length > this.#end - this.#at) throw this.fault('a length beyond the end');
    this.#at += length;
  }
}

/** The same bytes as a Buffer. What another thread can change while it is read is copied. */
function bufferOf(bytes: Uint8Array): Buffer<ArrayBuffer> {
  const { buffer } = bytes;
  if (!(buffer instanceof ArrayBuffer)) return Buffer.from(bytes);
  return bytes instanceof Buffer ? (bytes as Buffer<ArrayBuffer>) : Buffer.from(buffer, bytes.byteOffset, bytes.length);
}
