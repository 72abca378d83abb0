import * as zlib from 'node:zlib';

/** Makes bytes fewer, and as many as before again. */
export interface Compression {
  /** Stands in the envelope, 1 to 255; below 16 is ours, the rest is free for yours. */
  readonly id: number;
  readonly name: string;
  compress(plain: Uint8Array): Uint8Array;
  /** The plain bytes. @throws Error when they are more than `maxBytes`, or when `packed` is not of this compression. */
  decompress(packed: Uint8Array, maxBytes: number): Uint8Array;
}

/** The parts of `node:zlib` that may be missing: zstd came with Node 22.15. */
type Zstd = Partial<Pick<typeof zlib, 'zstdCompressSync' | 'zstdDecompressSync'>>;

/** Deflate (RFC 1951) at its fastest: every Node has it. */
export const deflate: Compression = {
  id: 1,
  name: 'deflate',
  compress: (plain) => zlib.deflateRawSync(plain, { level: 1 }),
  decompress: (packed, maxBytes) => zlib.inflateRawSync(packed, { maxOutputLength: maxBytes }),
};

/** Zstandard (RFC 8878) at its fastest, several times faster than deflate; `undefined` where `source` has none. */
export function zstdOf(source: Zstd): Compression | undefined {
  const { zstdCompressSync, zstdDecompressSync } = source;
  if (!zstdCompressSync || !zstdDecompressSync) return undefined;
  const params = { [zlib.constants.ZSTD_c_compressionLevel]: 1 };
  return {
    id: 2,
    name: 'zstd',
    compress: (plain) => zstdCompressSync(plain, { params }),
    decompress: (packed, maxBytes) => zstdDecompressSync(packed, { maxOutputLength: maxBytes }),
  };
}

/** Zstandard, if this Node has it. */
export const zstd: Compression | undefined = zstdOf(zlib);

/** The best of what this Node has. */
export const fastestCompression: Compression = zstd ?? deflate;

/** Compressions by their id: what an envelope names is looked up here. */
export type Compressions = ReadonlyMap<number, Compression>;

/** What this Node can read. */
export const builtInCompressions: Compressions = new Map(
  [deflate, ...(zstd ? [zstd] : [])].map((compression) => [compression.id, compression]),
);
