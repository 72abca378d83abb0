/**
 * The JSON Schemas of what goes over the wire, by the names under which the
 * API's description tells them.
 *
 * @packageDocumentation
 */
import { PHASES } from '../market/calendar/phase.ts';
import { eviction, evictions, memory, memoryUsage } from './memory-schemas.ts';
import { count, flag, instant, list, number, object, ratio, type Schema, text } from './schema-forms.ts';

/** A schema by its name. */
export function ref(name: SchemaName): Schema {
  return { $ref: `${name}#` };
}

const freshness = {
  outcome: { enum: ['hit', 'stale', 'refreshed', 'miss', 'bypass'] },
  age: { type: 'number', description: 'Milliseconds since the source was asked' },
  staleAt: { ...instant, description: 'When it stops being fresh: epoch milliseconds' },
};

const reads = { requests: count, hits: count, stale: count, misses: count, errors: count, hitRatio: ratio };

const quotePrices = {
  price: number,
  bid: number,
  ask: number,
  open: number,
  high: number,
  low: number,
  volume: number,
  previousClose: number,
};

const quote = object(
  {
    symbol: text,
    ...quotePrices,
    currency: text,
    asOf: { ...instant, description: 'When the price was true: epoch milliseconds' },
    recordedAt: { ...instant, description: 'For replayed data, when the price was recorded: epoch milliseconds' },
    source: text,
    ...freshness,
  },
  ['bid', 'ask', 'open', 'high', 'low', 'volume', 'previousClose', 'currency', 'recordedAt'],
);

const bar = object({ startAt: instant, open: number, high: number, low: number, close: number, volume: number, adjClose: number }, [
  'volume',
  'adjClose',
]);

const orNever = { type: ['number', 'null'], description: 'Epoch milliseconds; null for never' };

const venuePhase = object({
  mic: text,
  at: instant,
  phase: { enum: [...PHASES] },
  reason: { type: 'string', description: 'Why, in words: Thanksgiving, lunch break, outside hours' },
  session: { type: ['string', 'null'], description: 'The date of the session; null while the venue is closed' },
  nextChange: orNever,
  nextOpen: orNever,
  nextClose: orNever,
  isEarlyClose: { ...flag, description: "Whether the day's session closes early" },
  confidence: { enum: ['known', 'projected'] },
});

const failure = object({ code: text, detail: text });

const entry = object({ kind: text, key: text, value: {}, tags: list(text), ...freshness });

const statsKind = object({
  name: text,
  ...reads,
  entries: count,
  loads: count,
  loadErrors: count,
  joined: count,
  meanLoadMs: { type: ['number', 'null'] },
  writes: count,
  evicted: { ...count, description: 'Entries that left memory for want of room' },
  evictions,
  leases: { ...count, description: 'Loads made with the lease of their key' },
  loadedElsewhere: { ...count, description: 'Loads not made, for another process had brought the value' },
});

const statsTier = object({
  name: text,
  isUp: flag,
  state: { enum: ['closed', 'open', 'half-open'], description: 'Of the breaker before it' },
  hits: count,
  misses: count,
  errors: count,
  refused: count,
  refusedBy: { type: 'object', additionalProperties: count, description: 'The refused by what was wrong with them' },
  writes: count,
  writeErrors: count,
  unwritten: { ...count, description: 'Keys and sweeps whose writes failed and wait for their next try' },
  givenUp: { ...count, description: 'Keys and sweeps that were given up, for too many were waiting' },
});

const statsBus = {
  ...object({
    name: text,
    state: { enum: ['starting', 'live', 'suspect', 'closed'] },
    reason: { type: 'string', description: 'Why it is not live; empty when it is' },
    peers: { ...count, description: 'Other services that take part' },
    waiting: { ...count, description: 'What waits to be told' },
    messages: { ...count, description: 'Messages sent' },
    notices: { ...count, description: 'Changes told in them' },
    errors: { ...count, description: 'Sendings that failed or took too long' },
    overflows: { ...count, description: 'Times when more had to be told than could wait' },
    received: { ...count, description: 'Messages heard' },
    repeated: { ...count, description: 'Of these, heard before' },
    refused: { ...count, description: 'Messages that were none' },
    gaps: { ...count, description: 'Times when something told was not heard' },
    replays: { ...count, description: 'Of these, those that the log of the bus filled' },
    distrusts: { ...count, description: 'Times when memory was made stale, for what was missed could not be had' },
    lagMs: { type: ['number', 'null'], description: 'What the last sign of life took to come back' },
  }),
  type: ['object', 'null'],
  description: 'What keeps services in step; null without a bus',
};

/** How a cache is, as probes and statistics tell it. */
export const healthStatuses: Schema = {
  enum: ['ok', 'degraded', 'suspect'],
  description: 'degraded: without a tier; suspect: news of other services may be missing',
};

const stats = object({
  at: instant,
  service: object({ version: text, startedAt: instant, isDraining: flag, isDemo: flag, isCacheEnabled: flag }),
  ...reads,
  loadsSaved: { ...count, description: 'Requests that needed no load of their own' },
  memory: memoryUsage,
  provider: object({ name: text, calls: count, failedCalls: count }),
  window: object({
    seconds: number,
    requestsPerSecond: number,
    loadsPerSecond: number,
    hitRatio: ratio,
    p50Ms: { type: ['number', 'null'] },
    p99Ms: { type: ['number', 'null'] },
  }),
  kinds: list(statsKind),
  tiers: list(statsTier),
  bus: statsBus,
  health: object({ status: healthStatuses, reasons: list(text) }),
  encryption: list(object({ id: count, isWriting: flag, encrypted: count, decrypted: count, isWornOut: flag })),
  hottest: list(object({ key: text, reads: count })),
});

const problem = object({
  type: { type: 'string', format: 'uri' },
  title: text,
  status: count,
  detail: { type: 'string', description: 'What to do about it' },
  code: { type: 'string', description: 'For programs; stable across releases' },
  instance: { type: 'string', format: 'uri', description: "This occurrence, as the service's log knows it" },
});

/** The name of a schema. */
export type SchemaName =
  | 'Problem'
  | 'Quotes'
  | 'Symbols'
  | 'Bars'
  | 'Venues'
  | 'VenuePhase'
  | 'Entry'
  | 'Stored'
  | 'Batch'
  | 'Stats'
  | 'Keys'
  | 'Explanation'
  | 'Memory'
  | 'Invalidated';

/** Every schema of the wire by its name. */
export const SCHEMAS: Readonly<Record<SchemaName, Schema>> = {
  Problem: problem,
  Quotes: object({
    quotes: { type: 'object', additionalProperties: quote },
    errors: { type: 'object', additionalProperties: failure },
  }),
  Bars: object({ symbol: text, interval: text, source: text, bars: list(bar), isTruncated: flag, ...freshness }),
  Venues: object({
    venues: list(
      object({
        mic: text,
        title: text,
        timeZone: text,
        coverage: {
          ...object({ from: text, to: text }),
          type: ['object', 'null'],
          description: 'The first and the last date that is known and not projected',
        },
        aliases: list(text),
      }),
    ),
  }),
  VenuePhase: venuePhase,
  Entry: entry,
  Stored: object({ kind: text, key: text, isStored: flag }),
  Symbols: object({ symbols: list(object({ symbol: text, intervals: list(text) })) }),
  Stats: stats,
  Keys: object({ keys: list(text), cursor: { type: ['string', 'null'], description: 'Give it as cursor to go on; null at the end' } }),
  Invalidated: object({ selector: text }),
  Batch: object({ results: list(object({ ok: flag, entry, error: failure }, ['entry', 'error'])) }),
  Memory: memory,
  Explanation: object({
    at: instant,
    key: text,
    kind: text,
    argument: text,
    namespace: text,
    tiers: list(
      object({ tier: text, state: { enum: ['fresh', 'stale', 'absent'] }, entry: { type: 'object', additionalProperties: true } }, [
        'entry',
      ]),
    ),
    evictions: {
      ...list(eviction),
      description: 'When and why it left memory for want of room, newest first, as far as that is remembered',
    },
    isLoading: flag,
    isBackingOff: flag,
    verdict: { type: 'string', description: 'What a read would do' },
  }),
};

/** The answers of a route: its own, and problems. */
export function answers(own: Readonly<Record<number, Schema>>): Schema {
  const problems = { description: 'A problem, after RFC 9457', content: { 'application/problem+json': { schema: ref('Problem') } } };
  return { ...own, '4xx': problems, '5xx': problems };
}
