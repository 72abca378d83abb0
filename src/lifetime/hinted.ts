import { durationText } from '../time/duration.ts';
import { checked, type LifetimePolicy } from './lifetime.ts';

/**
 * `policy`, but no shorter than the source itself holds its answer fresh: who asks it sooner has the same answer again,
 * and has spent a call on it. Where the source tells nothing, `policy` as it is.
 */
export function hinted<K, V>(policy: LifetimePolicy<K, V>): LifetimePolicy<K, V> {
  return (subject) => {
    const lifetime = checked(policy(subject));
    const { hintMs = 0 } = subject;
    if (!(hintMs > lifetime.ttlMs)) return lifetime;
    return checked({ ...lifetime, ttlMs: hintMs, why: `its source holds it fresh for ${durationText(hintMs)}` });
  };
}
