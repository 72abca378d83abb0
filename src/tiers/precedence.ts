import { isNewer, type Precedence } from '../entry/envelope-header.ts';
import { compareVersions } from '../entry/version.ts';

/**
 * Whether `incoming` takes the place of what a tier has under a key.
 *
 * The newer one does. Of an entry and a tombstone with the same version the
 * tombstone does: a deletion up to a version removes the entry of that version.
 */
export function takesPlace(incoming: Precedence, stored: Precedence | undefined): boolean {
  if (isNewer(incoming, stored)) return true;
  return (
    incoming.isTombstone === true &&
    stored?.isTombstone !== true &&
    compareVersions(incoming.version, stored?.version ?? incoming.version) === 0
  );
}
