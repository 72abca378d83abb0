import { textOf } from '../../errors.ts';
import type { Access } from '../local-tier.ts';

/** Is told of an access. */
type Follower = (access: Access) => void;

/** A follower may access memory in turn; so deep within each other none is told. */
const MAX_DEPTH = 32;

/** Who follows the accesses of a memory. Without any, an access asks no more than whether there are. */
export class Followers {
  /** Whether there are any: nothing is made for nobody. */
  areThere = false;
  #depth = 0;
  readonly #followers = new Set<Follower>();

  /** Tells `follower` until the returned function is called. @throws TypeError when it is no function. */
  add(follower: Follower): () => void {
    if (typeof follower !== 'function') throw new TypeError('A follower of memory is no function; give one that takes an access');
    const own: Follower = (access) => follower(access);
    this.#followers.add(own);
    this.areThere = true;
    return () => this.#remove(own);
  }

  /** A follower that throws is warned of and told no more: it hurts neither the read nor the other followers. */
  tell(access: Access): void {
    if (this.#depth === MAX_DEPTH) return;
    this.#depth += 1;
    for (const follower of this.#followers) {
      try {
        follower(access);
      } catch (error) {
        this.#remove(follower);
        process.emitWarning(`A follower of memory threw and is told no more: ${textOf(error)}`, 'TiercelWarning');
      }
    }
    this.#depth -= 1;
  }

  #remove(follower: Follower): void {
    this.#followers.delete(follower);
    this.areThere = this.#followers.size > 0;
  }
}
