import { isDeepStrictEqual } from 'node:util';
import type { Effort } from '../harness/effort.ts';
import { numbers } from '../harness/prices.ts';
import type { Figures, Metric, Scenario, Trial } from '../harness/scenario.ts';
import { timed } from '../harness/timing.ts';
import type { ByteCodec, Candle } from '../subjects/codecs.ts';

type Codecs = typeof import('../subjects/codecs.ts');

/** How one kind of value goes through a codec. */
interface Passage<T> {
  readonly values: readonly T[];
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}

/** Times a passage both ways; what comes back must be what went in. */
async function passage<T>(effort: Effort, { values, encode, decode }: Passage<T>): Promise<Figures> {
  const encoded = values.map((value) => encode(value).slice());
  for (const [at, bytes] of encoded.entries())
    if (!isDeepStrictEqual(decode(bytes), values[at])) throw new Error('A value came back as another');
  const expected = encoded.reduce((sum, bytes) => sum + bytes.length, 0);

  const encoding = await timed(effort, values.length, (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      let sum = 0;
      for (const value of values) sum += encode(value).length;
      if (sum !== expected) throw new Error('A value was encoded as another');
    }
  });
  const decoding = await timed(effort, values.length, (passes) => {
    for (let pass = 0; pass < passes; pass += 1) {
      for (const bytes of encoded) if (decode(bytes) === undefined) throw new Error('A value was lost');
    }
  });
  return { encode: encoding.cpu / 1e3, decode: decoding.cpu / 1e3, bytes: expected / values.length };
}

/** A day of bars a minute, as a provider sends it. */
function candles(seed: number): Candle[] {
  const random = numbers(seed);
  let close = 100 + seed;
  return Array.from({ length: 500 }, (_, at) => {
    const open = close;
    close = cents(open * (1 + (random() - 0.5) / 100));
    const high = cents(Math.max(open, close) + random());
    const low = cents(Math.min(open, close) - random());
    return { time: 1_768_000_000_000 + at * 60_000, open, high, low, close, volume: Math.floor(random() * 1e6) };
  });
}

function quote(seed: number) {
  const price = cents(100 + seed * 1.37);
  return {
    symbol: `SYM${seed}`,
    price,
    bid: cents(price - 0.01),
    ask: cents(price + 0.01),
    bidSize: 100 * (seed + 1),
    askSize: 200,
    volume: 1_234_567 + seed,
    previousClose: cents(price * 0.99),
    currency: 'USD',
    venue: 'XNAS',
    asOf: 1_768_000_000_000 + seed,
    isDelayed: false,
  };
}

const cents = (price: number): number => Math.round(price * 100) / 100;

const asAny = <T>({ encode, decode }: ByteCodec) => ({
  encode: (value: T) => encode(value),
  decode: (bytes: Uint8Array) => decode(bytes) as T,
});

const METRICS: readonly Metric[] = [
  { name: 'encode', title: 'encode', unit: 'µs' },
  { name: 'decode', title: 'decode', unit: 'µs' },
  { name: 'bytes', title: 'size', unit: 'B' },
];

const trial =
  (
    measure: (effort: Effort, codec: ByteCodec) => Promise<Figures>,
    choose: (codecs: Codecs) => ByteCodec | Promise<ByteCodec | undefined>,
  ): Trial =>
  async (effort) => {
    const codec = await choose(await import('../subjects/codecs.ts'));
    if (!codec) return undefined;
    const bound = { ...codec, encode: codec.encode.bind(codec), decode: codec.decode.bind(codec) };
    return measure(effort, bound);
  };

function codec(name: string, title: string, about: string, measure: (effort: Effort, codec: ByteCodec) => Promise<Figures>) {
  const others: Record<string, Trial> = {
    JSON: trial(measure, ({ json }) => json),
    'cbor-x': trial(measure, ({ cbor }) => cbor()),
    msgpackr: trial(measure, ({ msgpack }) => msgpack()),
  };
  return {
    name,
    title,
    about,
    metrics: METRICS,
    tiercel: trial(measure, ({ tiercel }) => tiercel),
    byHand: trial(measure, ({ columns }) => columns),
    others,
  };
}

/** A chart. */
export const codecCandles: Scenario = (() => {
  const measure = (effort: Effort, codec: ByteCodec) => passage(effort, { values: [1, 2, 3, 4].map(candles), ...asAny<Candle[]>(codec) });
  const { tiercel, byHand, others, ...rest } = codec(
    'codec-candles',
    '500 candles to bytes and back',
    'Records of six numbers: time, open, high, low, close, volume.',
    measure,
  );
  return {
    ...rest,
    limit: 'columns by hand',
    subjects: { 'columns by hand': byHand, 'Tiercel, binary': tiercel, ...others },
    bars: [
      { subject: 'Tiercel, binary', metric: 'encode', atMost: 10 },
      { subject: 'Tiercel, binary', metric: 'decode', atMost: 15 },
    ],
  };
})();

/** What is sent most. */
export const codecQuote: Scenario = (() => {
  const values = Array.from({ length: 64 }, (_, at) => quote(at));
  const measure = (effort: Effort, codec: ByteCodec) => passage(effort, { values, ...asAny<ReturnType<typeof quote>>(codec) });
  const {
    tiercel,
    byHand: _,
    others,
    ...rest
  } = codec('codec-quote', 'A quote to bytes and back', 'A record of twelve fields: texts, numbers, a flag.', measure);
  return { ...rest, limit: 'JSON', subjects: { 'Tiercel, binary': tiercel, ...others }, bars: [] };
})();

/** What a model is fed with. */
export const codecTensor: Scenario = (() => {
  const values = [1, 2, 3, 4].map((seed) => Float64Array.from({ length: 30_000 }, numbers(seed)));
  const measure = (effort: Effort, codec: ByteCodec) => {
    const { encode, decode } = asAny<Float64Array>(codec);
    return passage(effort, { values, encode: codec.encodeNumbers ?? encode, decode: codec.decodeNumbers ?? decode });
  };
  const { tiercel, byHand, others, ...rest } = codec(
    'codec-tensor',
    '30,000 numbers to bytes and back',
    'A Float64Array of 240,000 bytes. cbor-x hands out a view of the bytes it was given; the others copy.',
    measure,
  );
  return { ...rest, limit: 'copied', subjects: { copied: byHand, 'Tiercel, binary': tiercel, ...others }, bars: [] };
})();
