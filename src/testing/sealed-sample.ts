import { jsonCodec } from '../entry/codec/json-codec.ts';
import type { SealedEntry } from '../entry/entry.ts';
import { seal } from '../entry/envelope.ts';

/** What a sample may say of itself. */
export interface SampleOptions {
  /** @default 1 */
  readonly stamp?: number;
  /** @default 1 */
  readonly origin?: number;
  /** @default undefined */
  readonly eventAt?: number | undefined;
  /** @default Infinity */
  readonly deadAt?: number;
  /** @default a text of its key, version and time */
  readonly value?: unknown;
}

/** An entry as the cache gives it to a tier, for tests of tiers. */
export function sealedSample(key: string, options: SampleOptions = {}): SealedEntry {
  const { stamp = 1, origin = 1, eventAt, deadAt = Number.POSITIVE_INFINITY } = options;
  const entry = {
    key,
    value: options.value ?? `${key} ${stamp}-${origin} ${eventAt}`,
    isNegative: false,
    eventAt,
    askedAt: 0,
    staleAt: 0,
    deadAt,
    version: { stamp, origin },
    tags: [],
    source: undefined,
    isFinal: false,
    why: 'a sample',
  };
  return seal(entry, jsonCodec, { compressFromBytes: Number.POSITIVE_INFINITY });
}
