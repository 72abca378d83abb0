/**
 * The numbers of CBOR (RFC 8949) that the binary codec uses: nothing but definite
 * lengths, and of the tags those of the table.
 *
 * | tag | holds | from |
 * | --- | --- | --- |
 * | 1 | a Date: seconds since 1970, whole or not | RFC 8949 |
 * | 2, 3 | a bigint | RFC 8949 |
 * | 40 | a tensor: its shape and its typed array, row by row | RFC 8746 |
 * | 64 to 87 | typed arrays | RFC 8746 |
 * | 258 | a Set | IANA registry |
 * | 259 | a Map | IANA registry |
 * | 0x54434f4c, "TCOL" | records as columns: a map of each name to its values | ours |
 */

/** The first three bits of an item: what it is. */
export const UNSIGNED = 0x00;
export const NEGATIVE = 0x20;
export const BYTES = 0x40;
export const TEXT = 0x60;
export const ARRAY = 0x80;
export const MAP = 0xa0;
export const TAG = 0xc0;

/** Whole items of one byte, and the first bytes of floating-point numbers. */
export const FALSE = 0xf4;
export const TRUE = 0xf5;
export const NULL = 0xf6;
export const UNDEFINED = 0xf7;
export const FLOAT16 = 0xf9;
export const FLOAT32 = 0xfa;
export const FLOAT64 = 0xfb;

/** The only half floats written: what JavaScript has beside ordinary numbers. */
export const HALF_NEGATIVE_ZERO = 0x8000;
export const HALF_INFINITY = 0x7c00;
export const HALF_NEGATIVE_INFINITY = 0xfc00;
export const HALF_NAN = 0x7e00;

export const DATE_TAG = 1;
export const BIGINT_TAG = 2;
export const NEGATIVE_BIGINT_TAG = 3;
export const TENSOR_TAG = 40;
export const SET_TAG = 258;
export const MAP_TAG = 259;
export const COLUMNS_TAG = 0x5443_4f4c;

/** Values nest this deep and no deeper: a reference in a circle ends here, and so do hostile bytes. */
export const MAX_DEPTH = 256;

/**
 * A value has at most this many containers, names in records, and entries of
 * Maps and Sets. A byte on the wire can ask for 56 in memory; this bounds what
 * hostile bytes can ask for to some 200 MB.
 */
export const MAX_PARTS: number = 2 ** 22;

/** A bigint has at most this many bytes. */
export const MAX_BIGINT_BYTES: number = 2 ** 16;
