import type { EntryInfo } from '../cache/reading/entry-info.ts';
import type { WireFreshness } from './wire.ts';

/** How fresh an entry of the cache is, in whole milliseconds. */
export function freshnessOf(entry: EntryInfo<unknown>): WireFreshness {
  return { outcome: entry.outcome, age: Math.max(0, Math.round(entry.ageMs)), staleAt: Math.round(entry.staleAt) };
}
