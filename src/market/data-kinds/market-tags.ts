import type { Instrument } from '../instrument/instrument.ts';
import { isUsVenue, US_VENUE } from '../instrument/venue.ts';
import type { DataKindName } from './data-kind.ts';
import { DATA_KINDS } from './data-kinds.ts';

/** What data is about, so far as it goes into its tags. */
export interface TagSubject {
  /** What it is of. */
  readonly instrument?: Instrument | undefined;
  /** Further instruments that it was made of: the other leg of a spread, what a portfolio holds. */
  readonly instruments?: readonly Instrument[] | undefined;
  /** The model it was made by: of a prediction, a signal, features made for one. */
  readonly model?: string | undefined;
  /** That model's version. */
  readonly version?: string | number | undefined;
}

/**
 * The group names by which data is invalidated together:
 *
 * - `kind:quote`: all of a kind.
 * - `sym:AAPL`: all of an instrument, by its id.
 * - `venue:XNYS`: of what follows a venue's trading, when that is changed at short notice. US venues are one, as in ids.
 * - `model:trend` and `model:trend@7`: all that a model made, and that one version of it made.
 */
export function marketTags(kind: DataKindName, { instrument, instruments = [], model, version }: TagSubject = {}): readonly string[] {
  const tags = [`kind:${kind}`];
  if (instrument) {
    tags.push(symbolTag(instrument));
    if (!DATA_KINDS[kind].changesWhileClosed) tags.push(venueTag(instrument.venue));
  }
  for (const further of instruments) {
    const tag = symbolTag(further);
    if (!tags.includes(tag)) tags.push(tag);
  }
  if (model !== undefined) {
    tags.push(`model:${model}`);
    if (version !== undefined) tags.push(`model:${model}@${version}`);
  }
  return tags;
}

/** The tag of all that is of an instrument: `sym:AAPL`. */
export function symbolTag({ id }: Instrument): string {
  return `sym:${id}`;
}

/** The tag of all that follows a venue's trading: `venue:XLON`. */
export function venueTag(mic: string): string {
  return `venue:${isUsVenue(mic) ? US_VENUE : mic}`;
}
