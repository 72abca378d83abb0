import type { ByteReader } from './byte-reader.ts';
import * as cbor from './cbor.ts';
import type { ColumnReader, ColumnSource } from './column-reader.ts';
import { fits, type Tensor } from './tensor.ts';
import type { TextCache } from './text-cache.ts';
import { type TypedArray, taggedArrayKind } from './typed-array.ts';

/** The last instant of a Date, in seconds. */
const LAST_SECOND = 8.64e12;

/** What outlives the reading of one value, so that the next is read faster. */
export interface ReaderMemory {
  readonly names: TextCache;
  readonly texts: TextCache;
  readonly columns: ColumnReader;
}

/** Reads the one value of some bytes. It makes plain data and nothing else, whatever the bytes say. */
export class BinaryReader implements ColumnSource {
  readonly bytes: ByteReader;
  readonly #memory: ReaderMemory;
  #partsLeft = cbor.MAX_PARTS;
  /** How many containers the next value stands in. */
  #depth = 0;

  constructor(bytes: ByteReader, memory: ReaderMemory) {
    this.bytes = bytes;
    this.#memory = memory;
  }

  /** The value. @throws ValueError when the bytes are not one value of this codec. */
  read(): unknown {
    const value = this.#value();
    if (this.bytes.left > 0) throw this.bytes.fault('more bytes than the value has');
    return value;
  }

  #value(): unknown {
    const { bytes } = this;
    const first = bytes.first();
    switch (first & 0xe0) {
      case cbor.UNSIGNED:
        return bytes.argument(first);
      case cbor.NEGATIVE:
        return -1 - bytes.argument(first);
      case cbor.BYTES:
        return bytes.copy(bytes.argument(first));
      case cbor.TEXT:
        return bytes.text(bytes.argument(first), this.#memory.texts);
      case cbor.ARRAY:
        return this.#array(bytes.argument(first));
      case cbor.MAP:
        return this.#record(bytes.argument(first));
      case cbor.TAG:
        return this.#tagged(bytes.argument(first));
      default:
        return this.#simple(first);
    }
  }

  #simple(first: number): unknown {
    switch (first) {
      case cbor.FLOAT64:
      case cbor.FLOAT32:
      case cbor.FLOAT16:
        return this.bytes.float(first);
      case cbor.NULL:
        return null;
      case cbor.TRUE:
        return true;
      case cbor.FALSE:
        return false;
      case cbor.UNDEFINED:
        return undefined;
      default:
        throw this.bytes.fault('a simple value');
    }
  }

  #tagged(tag: number): unknown {
    switch (tag) {
      case cbor.COLUMNS_TAG:
        return this.#columns();
      case cbor.DATE_TAG:
        return this.#date();
      case cbor.BIGINT_TAG:
        return this.bytes.magnitude(this.bytes.head(cbor.BYTES));
      case cbor.NEGATIVE_BIGINT_TAG:
        return -1n - this.bytes.magnitude(this.bytes.head(cbor.BYTES));
      case cbor.TENSOR_TAG:
        return this.#tensor();
      case cbor.MAP_TAG:
        return this.#map();
      case cbor.SET_TAG:
        return this.#set();
      default:
        return this.#typedArray(tag);
    }
  }

  #array(count: number): unknown[] {
    this.spend(1);
    this.#depth += 1;
    const items: unknown[] = [];
    // It grows as items come: hostile heads in one another could each ask for all that is left.
    for (let i = 0; i < count; i++) items.push(this.#value());
    this.#depth -= 1;
    return items;
  }

  #record(count: number): Record<string, unknown> {
    this.spend(1 + count);
    this.#depth += 1;
    const { bytes } = this;
    const { names } = this.#memory;
    const record: Record<string, unknown> = {};
    for (let i = 0; i < count; i++) {
      const name = bytes.text(bytes.head(cbor.TEXT), names);
      if (name === '__proto__') ownProto(record, this.#value());
      else record[name] = this.#value();
    }
    this.#depth -= 1;
    return record;
  }

  #map(): Map<unknown, unknown> {
    const count = this.bytes.count(cbor.MAP);
    this.spend(1 + count);
    this.#depth += 1;
    const map = new Map<unknown, unknown>();
    for (let i = 0; i < count; i++) {
      const key = this.#value();
      map.set(key, this.#value());
    }
    this.#depth -= 1;
    if (map.size !== count) throw this.bytes.fault('a Map with a key twice');
    return map;
  }

  #set(): Set<unknown> {
    const count = this.bytes.count(cbor.ARRAY);
    this.spend(1 + count);
    this.#depth += 1;
    const set = new Set<unknown>();
    for (let i = 0; i < count; i++) set.add(this.#value());
    this.#depth -= 1;
    if (set.size !== count) throw this.bytes.fault('a Set with an item twice');
    return set;
  }

  #columns(): unknown[] {
    this.#depth += 1;
    const rows = this.#memory.columns.read(this);
    this.#depth -= 1;
    return rows;
  }

  #typedArray(tag: number): TypedArray {
    const kind = taggedArrayKind(tag);
    if (!kind) throw this.bytes.fault(`the tag ${tag}`);
    const byteCount = this.bytes.head(cbor.BYTES);
    if (byteCount % kind.bytesPerElement !== 0) throw this.bytes.fault('a typed array that ends within an element');
    return kind.of(this.bytes.copy(byteCount));
  }

  #tensor(): Tensor {
    this.#depth += 1;
    this.spend(2);
    this.#depth -= 1;
    const { bytes } = this;
    if (bytes.head(cbor.ARRAY) !== 2) throw bytes.fault('a tensor without shape or data');
    const shape: number[] = [];
    for (let left = bytes.count(cbor.ARRAY); left > 0; left--) shape.push(bytes.head(cbor.UNSIGNED));
    const data = this.#typedArray(bytes.head(cbor.TAG));
    if (!fits(shape, data.length)) throw bytes.fault('a tensor whose shape does not fit its data');
    return { shape, data };
  }

  #date(): Date {
    const first = this.bytes.first();
    const major = first & 0xe0;
    let seconds: number;
    if (major === cbor.UNSIGNED) seconds = this.bytes.argument(first);
    else if (major === cbor.NEGATIVE) seconds = -1 - this.bytes.argument(first);
    else if (first === cbor.FLOAT64 || first === cbor.FLOAT32) seconds = this.bytes.float(first);
    else throw this.bytes.fault('a Date without a number');
    if (!(Math.abs(seconds) <= LAST_SECOND)) throw this.bytes.fault('a Date beyond all Dates');
    // Exact, for up to the last second a float is less than half a millisecond off, and its whole part is not off at all.
    const whole = Math.trunc(seconds);
    return new Date(whole * 1_000 + Math.round((seconds - whole) * 1_000));
  }

  items(): unknown[] {
    return this.#array(this.bytes.count(cbor.ARRAY));
  }

  spend(parts: number): void {
    if (this.#depth >= cbor.MAX_DEPTH) throw this.bytes.fault(`a value more than ${cbor.MAX_DEPTH} deep`);
    this.#partsLeft -= parts;
    if (this.#partsLeft < 0) throw this.bytes.fault(`more than ${cbor.MAX_PARTS} records, lists, names and entries`);
  }
}

/** Gives a record a property of that name; assigned, it would set the prototype. */
function ownProto(record: object, value: unknown): void {
  Object.defineProperty(record, '__proto__', { value, enumerable: true, configurable: true, writable: true });
}
