import type { Pattern } from '../../entry/pattern.ts';
import type { Version } from '../../entry/version.ts';
import type { RemoteTier } from '../../tiers/remote-tier.ts';

/** Entries that a write is to remove from a tier: those that match, up to a version. */
export interface Sweep {
  readonly matches: (key: string) => boolean;
  readonly version: Version;
}

/** Removes from a tier what a sweep means, wherever `pattern` leads it, and `underWay`: keys that may come to the tier unseen by a scan. */
export async function sweepOut(
  tier: RemoteTier,
  pattern: Pattern,
  { matches, version }: Sweep,
  underWay: readonly string[],
): Promise<void> {
  if (underWay.length > 0) await tier.deleteMany(underWay, version);
  for await (const keys of tier.scan(pattern)) await tier.deleteMany(keys.filter(matches), version);
}
