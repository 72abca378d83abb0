import { Encoder } from 'cbor-x';
import { binaryCodec } from '../../src/index.ts';

/** One bar of a chart. */
export interface Candle {
  readonly time: number;
  readonly open: number;
  readonly high: number;
  readonly low: number;
  readonly close: number;
  readonly volume: number;
}

/** Turns values into bytes and back. */
export interface ByteCodec {
  encode(value: unknown): Uint8Array;
  decode(bytes: Uint8Array): unknown;
  /** Of numbers in a typed array, where values of other types would come back. @default as any value */
  readonly encodeNumbers?: (value: Float64Array) => Uint8Array;
  readonly decodeNumbers?: (bytes: Uint8Array) => Float64Array;
}

export const tiercel: ByteCodec = binaryCodec;

export const json: ByteCodec = {
  encode: (value) => Buffer.from(JSON.stringify(value)),
  decode: (bytes) => JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString()),
  encodeNumbers: (value) => Buffer.from(JSON.stringify(Array.from(value))),
  decodeNumbers: (bytes) => Float64Array.from(JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString())),
};

export function cbor(): ByteCodec {
  const encoder = new Encoder();
  return { encode: (value) => encoder.encode(value), decode: (bytes) => encoder.decode(bytes) };
}

/** It is here only if another package brought it. */
export async function msgpack(): Promise<ByteCodec | undefined> {
  const name = 'msgpackr';
  try {
    const { Packr } = await import(name);
    const packr = new Packr({ moreTypes: true });
    return { encode: (value) => packr.pack(value), decode: (bytes) => packr.unpack(bytes) };
  } catch {
    return undefined;
  }
}

const COLUMNS = 6;

/** No less can be done: known columns, written by hand, for candles alone. */
export const columns: ByteCodec = {
  encode: (value) => {
    const candles = value as readonly Candle[];
    const count = candles.length;
    const numbers = new Float64Array(count * COLUMNS);
    for (let at = 0; at < count; at += 1) {
      const { time, open, high, low, close, volume } = candles[at]!;
      numbers[at] = time;
      numbers[at + count] = open;
      numbers[at + 2 * count] = high;
      numbers[at + 3 * count] = low;
      numbers[at + 4 * count] = close;
      numbers[at + 5 * count] = volume;
    }
    return new Uint8Array(numbers.buffer);
  },
  decode: (bytes) => {
    const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, bytes.length / Float64Array.BYTES_PER_ELEMENT);
    const count = numbers.length / COLUMNS;
    const candles: Candle[] = [];
    for (let at = 0; at < count; at += 1) {
      candles.push({
        time: numbers[at]!,
        open: numbers[at + count]!,
        high: numbers[at + 2 * count]!,
        low: numbers[at + 3 * count]!,
        close: numbers[at + 4 * count]!,
        volume: numbers[at + 5 * count]!,
      });
    }
    return candles;
  },
  encodeNumbers: (value) => new Uint8Array(value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength)),
  decodeNumbers: (bytes) => new Float64Array(bytes.slice().buffer),
};
