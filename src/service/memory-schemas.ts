/**
 * The schemas of what memory tells of itself.
 *
 * @packageDocumentation
 */
import { count, flag, instant, list, number, object, type Schema, text } from './schema-forms.ts';

function counts(names: readonly string[], description: string): Schema {
  return { ...object(Object.fromEntries(names.map((name) => [name, count]))), description };
}

const evictionReasons = ['oldest', 'idle', 'rare', 'not-admitted'];
const evictionNeeds = ['entries', 'bytes', 'share', 'pressure'];

export const evictions: Schema = object({
  byReason: counts(evictionReasons, 'Why it was their turn'),
  byNeed: counts(evictionNeeds, 'Why room was needed'),
  byPolicy: { type: 'object', additionalProperties: count },
  byAge: { ...list(count), description: 'Of up to 1 s, 10 s, 1 min, 10 min, 1 h, 1 day, and of more' },
  ageMs: { type: 'number', description: 'The ages of all, in sum' },
});

export const eviction: Schema = object({
  at: { ...instant, description: 'When it left: epoch milliseconds' },
  namespace: text,
  kind: text,
  key: { type: 'string', description: 'The argument within its kind' },
  policy: text,
  reason: {
    enum: evictionReasons,
    description:
      'oldest: it came first; idle: it was not used for longest; rare: it was used least; not-admitted: it came lately, and was asked for less often than what would have had to leave',
  },
  need: {
    enum: evictionNeeds,
    description:
      'entries, bytes: there were too many; share: its kind had more than its share; pressure: the process had too little memory left',
  },
  ageMs: { type: 'number', description: 'How old it was: from when its source was asked' },
  bytes: number,
});

export const memoryUsage: Schema = object({
  entries: count,
  maxEntries: count,
  bytes: number,
  maxBytes: number,
  allowedBytes: { type: 'number', description: 'Below maxBytes while the process has little memory left' },
  reliefs: { ...count, description: 'How often entries left for that' },
  policy: text,
  protectedEntries: { ...count, description: 'Entries that never leave for room' },
  protectedBytes: number,
  unprotectable: { ...count, description: 'How often an entry was not protected, for too much was' },
  parts: {
    ...list(
      object({
        kind: text,
        entries: count,
        bytes: number,
        min: { type: 'number', description: 'The share below which it is not asked to give, as long as others have more than theirs' },
        max: { type: 'number', description: 'The share above which it takes no more' },
        target: { type: 'number', description: 'The share it gives way to others above' },
      }),
    ),
    description: 'The kinds that have a part of memory to themselves',
  },
});

const curve = object({
  entries: { ...count, description: 'How many there are at present' },
  rate: { type: 'number', description: 'The share of keys that is in the sample' },
  samples: { type: 'number', description: 'Requests that were followed' },
  points: list(object({ entries: number, hitRatio: number, margin: number })),
});

const comparison = {
  ...object(
    {
      isOver: flag,
      requests: count,
      contenders: list(
        object({
          policy: text,
          room: { type: 'number', description: 'How many times the present room it had' },
          hitRatio: number,
          gain: { type: 'number', description: 'How much more it hit than the policy in use' },
          margin: { type: 'number', description: 'Of 100 samples, 95 would be no further off than this' },
        }),
      ),
      better: { type: 'string', description: 'The policy that is better with the same room, beyond doubt' },
    },
    ['better'],
  ),
  type: ['object', 'null'],
  description: 'How other policies did beside the one in use, on a sample of the requests; null before any did',
};

/** `GET` and `PATCH /v1/memory` */
export const memory: Schema = object({
  at: instant,
  usage: memoryUsage,
  kinds: list(object({ name: text, entries: count, evictions })),
  evictions: { ...list(eviction), description: 'The last that left for want of room, newest first' },
  curve: {
    ...curve,
    type: ['object', 'null'],
    description: 'What all kinds would hit in a smaller or larger memory; null while too little is known',
  },
  curves: { type: 'object', additionalProperties: curve, description: 'The same of each kind of which enough is known' },
  comparison,
});
