import { types } from 'node:util';
import { ByteWriter } from './byte-writer.ts';
import * as cbor from './cbor.ts';
import type { ColumnSites } from './column-sites.ts';
import { ColumnWriter, MIN_ROWS } from './column-writer.ts';
import { isPlainArray, isPlainRecord } from './plain.ts';
import { nameStep, Refusal, refuse, refuseDepth, refuseHole, toValueError, under } from './refusal.ts';
import { isTensor, type Tensor } from './tensor.ts';
import { type TypedArray, typedArrayKind } from './typed-array.ts';

/** Writes a value in one pass, in which it also refuses what cannot be kept. */
export class BinaryWriter {
  readonly #out = new ByteWriter();
  readonly #columns: ColumnWriter;
  #partsLeft = 0;

  constructor(sites: ColumnSites) {
    this.#columns = new ColumnWriter(this.#out, sites, (value) => this.#value(value, 0));
  }

  /** The bytes of a value, which are the caller's. @throws ValueError when it cannot be kept. */
  write(value: unknown): Uint8Array {
    this.#partsLeft = cbor.MAX_PARTS;
    try {
      this.#value(value, 0);
    } catch (cause) {
      this.#out.clear();
      throw toValueError(cause);
    }
    return this.#out.take();
  }

  /** @param depth how many containers the value stands in. */
  #value(value: unknown, depth: number): void {
    const out = this.#out;
    switch (typeof value) {
      case 'number':
        out.number(value);
        break;
      case 'string':
        out.text(value);
        break;
      case 'boolean':
        out.simple(value ? cbor.TRUE : cbor.FALSE);
        break;
      case 'undefined':
        out.simple(cbor.UNDEFINED);
        break;
      case 'bigint':
        this.#bigint(value);
        break;
      case 'object':
        if (value === null) out.simple(cbor.NULL);
        else this.#object(value, depth);
        break;
      default:
        throw refuse(value);
    }
  }

  #object(value: object, depth: number): void {
    if (isPlainRecord(value)) this.#record(value, depth);
    else if (isPlainArray(value)) this.#array(value, depth);
    else if (ArrayBuffer.isView(value)) this.#typedArray(value);
    else if (types.isDate(value) && Object.getPrototypeOf(value) === Date.prototype) this.#date(value);
    else if (types.isMap(value) && Object.getPrototypeOf(value) === Map.prototype) this.#map(value, depth);
    else if (types.isSet(value) && Object.getPrototypeOf(value) === Set.prototype) this.#set(value, depth);
    else if (types.isArrayBuffer(value) && Object.getPrototypeOf(value) === ArrayBuffer.prototype) this.#bytes(new Uint8Array(value));
    else throw refuse(value);
  }

  #record(value: Record<string, unknown>, depth: number): void {
    const names = Object.keys(value);
    if (names.length === 2 && names[0] === 'shape' && names[1] === 'data' && isTensor(value)) {
      this.#tensor(value, depth);
      return;
    }
    this.#spend(1 + names.length, depth);
    this.#out.head(cbor.MAP, names.length);
    let name = '';
    try {
      for (name of names) {
        this.#out.text(name);
        this.#value(value[name], depth + 1);
      }
    } catch (cause) {
      throw under(cause, nameStep(name));
    }
  }

  #array(items: readonly unknown[], depth: number): void {
    const count = items.length;
    // Records that stand in columns nest one deeper, as they would one by one.
    if (count >= MIN_ROWS && depth + 1 < cbor.MAX_DEPTH && this.#columns.write(items)) {
      this.#spend(1 + count, depth);
      return;
    }
    this.#spend(1, depth);
    this.#out.head(cbor.ARRAY, count);
    let i = 0;
    try {
      for (; i < count; i++) {
        const item = items[i];
        if (item === undefined && !(i in items)) throw refuseHole();
        this.#value(item, depth + 1);
      }
    } catch (cause) {
      throw under(cause, `[${i}]`);
    }
  }

  #map(map: ReadonlyMap<unknown, unknown>, depth: number): void {
    const { size } = map;
    this.#spend(1 + size, depth);
    this.#out.head(cbor.TAG, cbor.MAP_TAG);
    this.#out.head(cbor.MAP, size);
    let index = -1;
    let key: unknown;
    let isKeyWritten = false;
    try {
      for (const entry of map) {
        index += 1;
        key = entry[0];
        isKeyWritten = false;
        this.#value(key, depth + 1);
        isKeyWritten = true;
        this.#value(entry[1], depth + 1);
      }
    } catch (cause) {
      throw under(cause, isKeyWritten ? entryStep(key, index) : `.keys()[${index}]`);
    }
    assertUnchanged(index + 1, size);
  }

  #set(set: ReadonlySet<unknown>, depth: number): void {
    const { size } = set;
    this.#spend(1 + size, depth);
    this.#out.head(cbor.TAG, cbor.SET_TAG);
    this.#out.head(cbor.ARRAY, size);
    let index = -1;
    try {
      for (const item of set) {
        index += 1;
        this.#value(item, depth + 1);
      }
    } catch (cause) {
      throw under(cause, `.values()[${index}]`);
    }
    assertUnchanged(index + 1, size);
  }

  #typedArray(value: ArrayBufferView): void {
    const kind = typedArrayKind(value);
    if (!kind) throw refuse(value);
    this.#out.head(cbor.TAG, kind.tag);
    this.#bytes(new Uint8Array(value.buffer, value.byteOffset, value.byteLength));
  }

  #tensor(value: Tensor<TypedArray>, depth: number): void {
    this.#spend(2, depth + 1);
    this.#out.head(cbor.TAG, cbor.TENSOR_TAG);
    this.#out.head(cbor.ARRAY, 2);
    this.#out.head(cbor.ARRAY, value.shape.length);
    for (const size of value.shape) this.#out.head(cbor.UNSIGNED, size);
    this.#typedArray(value.data);
  }

  #bytes(bytes: Uint8Array): void {
    this.#out.head(cbor.BYTES, bytes.length);
    this.#out.raw(bytes);
  }

  #date(value: Date): void {
    const ms = Date.prototype.getTime.call(value);
    if (Number.isNaN(ms)) throw new Refusal('An invalid Date cannot be kept; give null');
    this.#out.head(cbor.TAG, cbor.DATE_TAG);
    this.#out.number(ms / 1_000);
  }

  #bigint(value: bigint): void {
    this.#out.head(cbor.TAG, value < 0n ? cbor.NEGATIVE_BIGINT_TAG : cbor.BIGINT_TAG);
    this.#out.magnitude(value < 0n ? -1n - value : value);
  }

  #spend(parts: number, depth: number): void {
    if (depth >= cbor.MAX_DEPTH) throw refuseDepth(cbor.MAX_DEPTH);
    this.#partsLeft -= parts;
    if (this.#partsLeft < 0) throw new Refusal(`The value has more than ${cbor.MAX_PARTS} records, lists, names and entries; split it`);
  }
}

/** The step of a path to a value in a Map. */
function entryStep(key: unknown, index: number): string {
  return typeof key === 'string' ? `.get(${JSON.stringify(key)})` : `.values()[${index}]`;
}

/** A getter can change the Map or Set it stands in, whose size is written by then. */
function assertUnchanged(written: number, size: number): void {
  if (written !== size) throw new Refusal('The Map or Set changed while it was written; give data without getters');
}
