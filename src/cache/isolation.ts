import { ConfigError } from '../errors.ts';
import type { Isolation } from './kind.ts';

/** How a value goes into memory, and how it comes out. */
export interface Isolate<V> {
  /** Whether `hand` makes a copy; else it hands out the value as it is. */
  readonly copies: boolean;
  keep(value: V): V;
  hand(value: V): V;
}

const same = <V>(value: V): V => value;

const ISOLATES: Readonly<Record<Isolation, Isolate<unknown>>> = {
  reference: { copies: false, keep: same, hand: same },
  freeze: { copies: false, keep: deepFreeze, hand: same },
  clone: { copies: true, keep: structuredClone, hand: structuredClone },
};

/** The isolation of that name. */
export function isolateBy<V>(isolation: Isolation, name: string): Isolate<V> {
  const isolate = ISOLATES[isolation];
  if (isolate) return isolate as Isolate<V>;
  throw new ConfigError(`\`${name}\` is "${String(isolation)}"; give 'reference', 'freeze' or 'clone'`);
}

/**
 * Freezes a value and all it holds, in place. Maps, sets, dates and binary data
 * cannot be frozen by the language and stay as they are.
 */
function deepFreeze<V>(value: V): V {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
