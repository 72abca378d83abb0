import { type Compression, deflate, fastestCompression, zstd } from '../../entry/compression.ts';
import { toBytes } from '../../entry/size.ts';
import { assertNames, ConfigError } from '../../errors.ts';
import type { CompressionName, CompressionOptions } from './kind.ts';

/** How values of a kind are compressed, and from how many bytes on. */
export interface Compressing {
  readonly compression: Compression;
  /** Infinity for never. */
  readonly fromBytes: number;
}

/** `undefined` is what this Node.js does not have. */
const COMPRESSIONS: Readonly<Record<CompressionName, Compression | undefined>> = {
  auto: fastestCompression,
  none: fastestCompression,
  deflate,
  zstd,
};
const OPTIONS = { algorithm: true, from: true } as const satisfies Record<keyof CompressionOptions, true>;

/** The compression of that name or these options. @throws ConfigError naming the option at fault. */
export function compressingBy(choice: CompressionName | CompressionOptions, name: string): Compressing {
  if (typeof choice === 'string') return { compression: compressionOf(choice, name), fromBytes: fromBytes(choice, '2kb', name) };
  assertNames(choice, OPTIONS, name);
  const { algorithm = 'auto', from = '2kb' } = choice;
  return { compression: compressionOf(algorithm, `${name}.algorithm`), fromBytes: fromBytes(algorithm, from, `${name}.from`) };
}

function compressionOf(algorithm: CompressionName, name: string): Compression {
  if (!Object.hasOwn(COMPRESSIONS, algorithm))
    throw new ConfigError(`\`${name}\` is "${String(algorithm)}"; give 'auto', 'none', 'zstd' or 'deflate'`);
  const compression = COMPRESSIONS[algorithm];
  if (compression) return compression;
  throw new ConfigError(`\`${name}\` is "${algorithm}", which this Node.js has not; give 'auto', or run Node.js 22.15 or later`);
}

function fromBytes(algorithm: CompressionName, from: NonNullable<CompressionOptions['from']>, name: string): number {
  return algorithm === 'none' ? Number.POSITIVE_INFINITY : toBytes(from, name);
}
