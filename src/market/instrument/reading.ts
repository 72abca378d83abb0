import type { AssetClass } from './asset-class.ts';

/** What of an instrument its text did not tell, and was taken for the most likely. */
export type AssumedFact = 'venue' | 'assetClass';

/** What a text says of an instrument by itself. */
export interface Reading {
  /** In the form that its venue has here. */
  readonly symbol: string;
  readonly venue: string;
  readonly assetClass: AssetClass;
  readonly currency: string | undefined;
  readonly assumed: readonly AssumedFact[];
}

/** Why a text names no instrument, and what may have been meant. */
export interface Doubt {
  /** Goes on where the text, quoted, ends: `tells no venue`. */
  readonly why: string;
  /** What to write, each with what it then means: `7203.T for Tokyo`. */
  readonly likely: readonly string[];
}

/** Whether a text could not be read. */
export function isDoubt(read: Reading | Doubt): read is Doubt {
  return 'why' in read;
}

/** A doubt, in the words of the error that tells it. */
export function doubtText(text: string, { why, likely }: Doubt): string {
  const shown = JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}…` : text);
  return `${shown} ${why}; write ${likely.join(', or ')}`;
}
