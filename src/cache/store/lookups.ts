import { isNewer, type Precedence } from '../../entry/envelope-header.ts';

/** Cuts are remembered up to this many while a lookup is under way; past it, all lookups under way are cut. */
const MAX_CUTS = 10_000;

/** A look into the remote tiers that is under way. */
export interface Lookup {
  readonly begunAt: number;
}

/** Since when a key's lookups are cut, and up to which entry and which removal; all versions when that is undefined. */
interface Cut {
  readonly at: number;
  readonly upTo: readonly Precedence[] | undefined;
}

/**
 * Fences the looks into remote tiers: what a lookup finds must not enter memory
 * when its key was invalidated after the lookup began, or something newer is
 * known to be there. Cuts are counted, and remembered only while a lookup is under way.
 */
export class Lookups {
  readonly #cuts = new Map<string, Cut>();
  #count = 0;
  #allCutAt = 0;
  #open = 0;

  begin(): Lookup {
    this.#open += 1;
    return { begunAt: this.#count };
  }

  end(): void {
    this.#open -= 1;
    if (this.#open === 0) this.#cuts.clear();
  }

  /** Whether what a lookup found under `key` must not be used. */
  isCut(lookup: Lookup, key: string, found: Precedence): boolean {
    if (this.#allCutAt > lookup.begunAt) return true;
    const cut = this.#cuts.get(key);
    return cut !== undefined && cut.at > lookup.begunAt && (cut.upTo?.some((one) => isNewer(one, found)) ?? true);
  }

  /** What is found under `key` from before now must not be used: anything, or what `upTo` outdates. */
  cut(key: string, upTo?: Precedence): void {
    if (this.#open === 0) return;
    this.#count += 1;
    const known = this.#cuts.get(key);
    if (this.#cuts.size < MAX_CUTS) this.#cuts.set(key, { at: this.#count, upTo: known ? joined(known.upTo, upTo) : upTo && [upTo] });
    else this.cutAll();
  }

  cutAll(): void {
    this.#count += 1;
    this.#allCutAt = this.#count;
    this.#cuts.clear();
  }
}

/** An entry and a removal are compared in different ways, so that neither can stand for the other. */
function joined(known: Cut['upTo'], upTo: Precedence | undefined): Cut['upTo'] {
  if (known === undefined || upTo === undefined) return undefined;
  const like = known.find(({ isTombstone }) => isTombstone === upTo.isTombstone);
  return [...known.filter((one) => one !== like), like && isNewer(like, upTo) ? like : upTo];
}
