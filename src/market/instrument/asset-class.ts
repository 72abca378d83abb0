/** What kinds of instruments there are. */
export const ASSET_CLASSES = ['stock', 'etf', 'index', 'future', 'option', 'fx', 'crypto', 'fund', 'bond'] as const;

/** What kind of thing an instrument is. */
export type AssetClass = (typeof ASSET_CLASSES)[number];

/** Whether a text names an asset class. */
export function isAssetClass(text: unknown): text is AssetClass {
  return ASSET_CLASSES.some((assetClass) => assetClass === text);
}

/**
 * Whether a price of this class may be zero or below. Futures have been (crude oil
 * on 2020-04-20, at -37.63), and so have indices of rates and spreads.
 */
export function mayBeNegative(assetClass: AssetClass): boolean {
  return assetClass === 'future' || assetClass === 'index';
}
