import type { AssetClass } from '../instrument/asset-class.ts';

/** The kinds of data there are. */
export const DATA_KIND_NAMES = [
  'quote',
  'trade',
  'bars',
  'book',
  'fundamentals',
  'news',
  'earnings',
  'corporateAction',
  'reference',
  'features',
  'prediction',
  'model',
  'signal',
  'analysis',
  'portfolio',
  'performance',
] as const;

/** The name of a kind of data. */
export type DataKindName = (typeof DATA_KIND_NAMES)[number];

/** How much of a market is at work: in regular hours, before or after them, not at all, or without ever closing. */
export type Trading = 'regular' | 'extended' | 'none' | 'always';

/** By what an older value is told from a newer one: when it was true, which version it is, or nothing. */
export type Ordering = 'eventTime' | 'version' | 'none';

/** A value that says when it was true. */
export interface Dated {
  /** Epoch milliseconds. */
  readonly asOf: number;
}

/** A value that says which version it is: of two, the greater is the newer. */
export interface Versioned {
  readonly version: number;
}

/** What a kind of data is, and how it ages. */
export interface DataKind<V = unknown> {
  readonly name: DataKindName;
  /** What it is, in a few words. */
  readonly what: string;
  /** When it changes, and so how it ages; for people. */
  readonly ages: string;
  readonly ordering: Ordering;
  /** What orders values, fit for a cache's `order`: NaN where the value does not tell; absent where nothing orders them. */
  readonly order?: (value: V) => number;
  /** Whether it can change before and after regular hours. */
  readonly changesInExtendedHours: boolean;
  /** Whether it can change while its venue is closed. */
  readonly changesWhileClosed: boolean;
  /** Whether it is of one instrument; of others, such as models and portfolios, it is named by its key alone. */
  readonly isOfInstrument: boolean;
}

/** Classes whose prices stand still before and after regular hours. */
const REGULAR_ONLY: ReadonlySet<AssetClass> = new Set(['option', 'index']);

/**
 * How much of a market is at work in a phase of its calendar. A break at noon counts as
 * closed: nothing trades in it.
 *
 * @param isAlwaysOpen whether its venue never closes.
 */
export function tradingIn(phase: 'pre' | 'open' | 'break' | 'post' | 'overnight' | 'closed', isAlwaysOpen = false): Trading {
  if (isAlwaysOpen) return 'always';
  if (phase === 'open') return 'regular';
  return phase === 'closed' || phase === 'break' ? 'none' : 'extended';
}

/** Whether data of a kind can change while a market is at work so far. */
export function canChange(kind: DataKind<never>, trading: Trading, assetClass: AssetClass): boolean {
  if (trading === 'regular' || trading === 'always') return true;
  // A fund's price comes after the close, at an hour that nobody promises.
  if (assetClass === 'fund') return true;
  if (trading === 'none') return kind.changesWhileClosed;
  return kind.changesInExtendedHours && (kind.changesWhileClosed || !REGULAR_ONLY.has(assetClass));
}
