import { BinaryReader, type ReaderMemory } from './binary-reader.ts';
import { BinaryWriter } from './binary-writer.ts';
import { ByteReader } from './byte-reader.ts';
import type { Codec } from './codec.ts';
import { ColumnReader } from './column-reader.ts';
import { ColumnSites } from './column-sites.ts';
import { internalized, TextCache } from './text-cache.ts';

/**
 * The default codec: CBOR (RFC 8949), so that any language can read what is kept.
 *
 * It keeps plain records and arrays, texts, numbers (−0, NaN and the infinities
 * among them), bigints, booleans, null and undefined, Dates, Maps, Sets,
 * ArrayBuffers, typed arrays with their type, and tensors. All else it refuses.
 * A record without a prototype comes back as an ordinary one; properties named by
 * symbols are left out, as everywhere. `cbor.ts` has the table of tags.
 */
class BinaryCodec implements Codec {
  readonly id = 1;
  readonly name = 'binary';
  readonly #sites = new ColumnSites();
  readonly #memory: ReaderMemory;
  #writer: BinaryWriter | undefined;

  constructor() {
    const names = new TextCache(internalized);
    this.#memory = { names, texts: new TextCache(), columns: new ColumnReader(this.#sites, names) };
  }

  encode(value: unknown): Uint8Array {
    // A getter in the value may encode another: the writer is nobody's meanwhile.
    const writer = this.#writer ?? new BinaryWriter(this.#sites);
    this.#writer = undefined;
    try {
      return writer.write(value);
    } finally {
      this.#writer = writer;
    }
  }

  decode(bytes: Uint8Array): unknown {
    return new BinaryReader(new ByteReader(bytes), this.#memory).read();
  }
}

/** The codec that Tiercel uses unless told otherwise. */
export const binaryCodec: Codec = new BinaryCodec();
