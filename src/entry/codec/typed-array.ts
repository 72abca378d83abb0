/** An array of numbers of one machine type. */
export type TypedArray =
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array
  | BigUint64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float32Array
  | Float64Array;

/** A type of typed array and its tag on the wire. */
export interface TypedArrayKind {
  readonly tag: number;
  readonly bytesPerElement: number;
  /** A view of the whole of `buffer`. */
  of(buffer: ArrayBuffer): TypedArray;
}

interface TypedArrayConstructor {
  readonly name: string;
  readonly prototype: object;
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: ArrayBuffer): TypedArray;
}

/**
 * The bit of a tag that tells little-endian elements. A machine writes its own
 * order and refuses the other, so that elements are only ever copied; where both
 * orders share a store, each sees the other's arrays as absent.
 */
const ORDER = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? 4 : 0;

/** RFC 8746, section 2.1; single bytes have no order, and 68 tells clamped ones. */
const TAGS: readonly (readonly [TypedArrayConstructor | undefined, number])[] = [
  [Uint8Array, 64],
  [Uint16Array, 65 + ORDER],
  [Uint32Array, 66 + ORDER],
  [BigUint64Array, 67 + ORDER],
  [Uint8ClampedArray, 68],
  [Int8Array, 72],
  [Int16Array, 73 + ORDER],
  [Int32Array, 74 + ORDER],
  [BigInt64Array, 75 + ORDER],
  // Node 22 has no such type: there, bytes with one are refused.
  [globalThis.Float16Array as unknown as TypedArrayConstructor | undefined, 80 + ORDER],
  [Float32Array, 81 + ORDER],
  [Float64Array, 82 + ORDER],
];

const byTag = new Map<number, TypedArrayKind>();
const byPrototype = new Map<unknown, TypedArrayKind>();
for (const [Type, tag] of TAGS) {
  if (!Type) continue;
  const kind: TypedArrayKind = { tag, bytesPerElement: Type.BYTES_PER_ELEMENT, of: (buffer) => new Type(buffer) };
  byTag.set(tag, kind);
  byPrototype.set(Type.prototype, kind);
}

export const FLOAT64_TAG: number = 82 + ORDER;
export const INT32_TAG: number = 74 + ORDER;

/** The kind of a typed array; `undefined` for all else, subclasses such as Buffer among it. */
export function typedArrayKind(value: ArrayBufferView): TypedArrayKind | undefined {
  return byPrototype.get(Object.getPrototypeOf(value));
}

/** The kind that `tag` tells of. */
export function taggedArrayKind(tag: number): TypedArrayKind | undefined {
  return byTag.get(tag);
}
