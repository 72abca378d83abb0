import type { Access } from '../local-tier.ts';

/** Is told of an access. */
type Follower = (access: Access) => void;

/** Who follows the accesses of a memory. Without any, an access asks no more than whether there are. */
export class Followers {
  /** Whether there are any: nothing is made for nobody. */
  areThere = false;
  readonly #followers = new Set<Follower>();

  /** Tells `follower` until the returned function is called. */
  add(follower: Follower): () => void {
    const own: Follower = (access) => follower(access);
    this.#followers.add(own);
    this.areThere = true;
    return () => {
      this.#followers.delete(own);
      this.areThere = this.#followers.size > 0;
    };
  }

  /** A follower that throws is warned of, and hurts neither the read nor the other followers. */
  tell(access: Access): void {
    for (const follower of this.#followers) {
      try {
        follower(access);
      } catch (error) {
        process.emitWarning(`A follower of memory threw: ${error}`, 'TiercelWarning');
      }
    }
  }
}
