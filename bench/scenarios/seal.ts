import { randomBytes } from 'node:crypto';
import type { Effort } from '../harness/effort.ts';
import type { Figures, Scenario } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';

/** Seals and opens a value of `length` random bytes, which no compression makes shorter, encrypted or not. */
async function measure(effort: Effort, length: number, isSensitive: boolean): Promise<Figures> {
  const { seal, open } = await import('../../src/entry/envelope.ts');
  const { binaryCodec } = await import('../../src/entry/codec/binary-codec.ts');
  const { builtInCodecs } = await import('../../src/entry/codec/codecs.ts');
  const { keyRing } = await import('../../src/entry/key-ring.ts');
  const options = { isSensitive, keys: keyRing({ id: 1, key: randomBytes(32) }), compressFromBytes: Number.POSITIVE_INFINITY };
  const entry = {
    key: 'main:portfolio:alice',
    value: new Uint8Array(randomBytes(length)),
    isNegative: false,
    eventAt: 1_768_000_000_000,
    askedAt: 1_768_000_000_000,
    staleAt: 1_768_000_005_000,
    deadAt: 1_768_000_065_000,
    version: { stamp: 1, origin: 1 },
    tags: ['account:alice'],
    source: 'broker',
    isFinal: false,
    why: '',
  };
  const { bytes } = seal(entry, binaryCodec, options);
  const sealing = await timed(effort, 1, (passes) => {
    for (let pass = 0; pass < passes; pass += 1)
      if (seal(entry, binaryCodec, options).bytes.length !== bytes.length) throw new Error('Cut short');
  });
  const opening = await timed(effort, 1, (passes) => {
    for (let pass = 0; pass < passes; pass += 1)
      if (typeof open(bytes, entry.key, builtInCodecs, options) === 'string') throw new Error('Refused');
  });
  return { seal: sealing.cpu / 1e3, open: opening.cpu / 1e3, bytes: bytes.length };
}

function sealOf(name: string, title: string, length: number): Scenario {
  return {
    name,
    title,
    about: 'An entry to the bytes that a tier keeps, and back: its value encoded, its checksum made and checked; then also encrypted.',
    metrics: [
      { name: 'seal', title: 'seal', unit: 'µs' },
      { name: 'open', title: 'open', unit: 'µs' },
      { name: 'bytes', title: 'size', unit: 'B' },
    ],
    limit: 'Tiercel, plain',
    subjects: {
      'Tiercel, plain': (effort) => measure(effort, length, false),
      'Tiercel, sensitive': (effort) => measure(effort, length, true),
    },
    bars: [],
  };
}

/** What most entries are. */
export const sealShort: Scenario = sealOf('seal-200', '200 bytes sealed and opened', 200);

/** What a chart is. */
export const sealLong: Scenario = sealOf('seal-12k', '12 KB sealed and opened', 12 * 1_024);
