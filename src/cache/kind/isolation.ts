import { ConfigError } from '../../errors.ts';
import type { Isolation } from './kind.ts';

/** How a value goes into memory, and how it comes out. */
export interface Isolate<V> {
  /** Whether `hand` makes a copy; else it hands out the value as it is. */
  readonly copies: boolean;
  /** Whether `keep` does anything; else it keeps the value as it is. */
  readonly shields: boolean;
  keep(value: V): V;
  hand(value: V): V;
}

const same = <V>(value: V): V => value;

const ISOLATES: Readonly<Record<Isolation, Isolate<unknown>>> = {
  reference: { copies: false, shields: false, keep: same, hand: same },
  freeze: { copies: false, shields: true, keep: (value) => deepFreeze(value, new Set()), hand: same },
  clone: { copies: true, shields: true, keep: structuredClone, hand: structuredClone },
};

/** The isolation of that name. */
export function isolateBy<V>(isolation: Isolation, name: string): Isolate<V> {
  if (Object.hasOwn(ISOLATES, isolation)) return ISOLATES[isolation] as Isolate<V>;
  throw new ConfigError(`\`${name}\` is "${String(isolation)}"; give 'reference', 'freeze' or 'clone'`);
}

/**
 * Freezes a value and all it holds, in place. Maps, sets, dates and binary data
 * cannot be frozen by the language and stay as they are.
 */
function deepFreeze<V>(value: V, seen: Set<object>): V {
  if (typeof value !== 'object' || value === null || seen.has(value) || ArrayBuffer.isView(value)) return value;
  seen.add(value);
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part, seen);
  return value;
}
