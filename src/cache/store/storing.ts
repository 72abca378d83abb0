import type { SealedEntry } from '../../entry/entry.ts';
import { justBefore } from '../../entry/version.ts';
import type { RemoteTier } from '../../tiers/remote-tier.ts';
import type { Clock } from '../../time/clock.ts';
import type { Errand } from './outbox.ts';
import type { WriteFences } from './write-fences.ts';

/**
 * The errand of storing entries in a tier, what is older being fenced meanwhile.
 *
 * When it fails, the same is tried later: it is conditional on versions, so that
 * late does no harm. Of what died meanwhile only its predecessor is removed, and
 * of all of it where there is no room to keep the values for so long.
 */
export function storing(tier: RemoteTier, fences: WriteFences, entries: readonly SealedEntry[], clock: Clock): Errand<boolean[]> {
  const older = entries.map(({ key, version }) => [key, justBefore(version)] as const);
  for (const [key, version] of older) fences.raise(key, version);
  const size = entries.length;
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes.length, 0);
  const done = (): void => {
    for (const [key, version] of older) fences.lift(key, version);
  };
  const giveUp = (): void => {
    for (const [key, version] of older) fences.giveUp(key, version);
  };
  const removeOlder = async (some: readonly SealedEntry[]): Promise<void> => {
    for (const { key, version } of some) await tier.deleteMany([key], justBefore(version));
  };
  const storeLate = async (): Promise<void> => {
    const now = clock.now();
    await tier.setMany(entries.filter(({ deadAt }) => deadAt > now));
    await removeOlder(entries.filter(({ deadAt }) => deadAt <= now));
  };
  const lean = { size, run: () => removeOlder(entries), done, giveUp };
  const instead = { ...lean, run: storeLate, bytes, lean };
  return { size, run: () => tier.setMany(entries), done, giveUp, instead };
}
