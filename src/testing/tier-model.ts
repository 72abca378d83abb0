import type { SealedEntry } from '../entry/entry.ts';
import { isNewer, type Precedence } from '../entry/envelope-header.ts';
import { compareVersions, type Version } from '../entry/version.ts';

/** The contract of remote tiers as plainly as it can be put, to hold a real one against. Nothing in it dies. */
export class TierModel {
  readonly #kept = new Map<string, Precedence & { readonly bytes?: Uint8Array }>();

  get(key: string): Uint8Array | undefined {
    return this.#kept.get(key)?.bytes;
  }

  set({ key, bytes, version, eventAt }: SealedEntry): boolean {
    if (!isNewer({ version, eventAt }, this.#kept.get(key))) return false;
    this.#kept.set(key, { version, eventAt, bytes });
    return true;
  }

  delete(key: string, version: Version): void {
    const there = this.#kept.get(key);
    const order = there ? compareVersions(version, there.version) : 1;
    if (order > 0 || (order === 0 && there?.isTombstone !== true)) this.#kept.set(key, { version, eventAt: undefined, isTombstone: true });
  }

  keys(): string[] {
    return [...this.#kept].filter(([, { bytes }]) => bytes !== undefined).map(([key]) => key);
  }
}
