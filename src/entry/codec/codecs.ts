import { binaryCodec } from './binary-codec.ts';
import type { Codec } from './codec.ts';
import { jsonCodec } from './json-codec.ts';

/** Codecs by their id: what an envelope names is looked up here. */
export type Codecs = ReadonlyMap<number, Codec>;

/** Our own codecs and `others`. */
export function codecsWith(...others: readonly Codec[]): Codecs {
  return new Map([binaryCodec, jsonCodec, ...others].map((codec) => [codec.id, codec]));
}

/** Our own codecs. */
export const builtInCodecs: Codecs = codecsWith();
