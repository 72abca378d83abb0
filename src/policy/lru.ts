import type { EvictionReason, PolicyName, Slot } from './eviction-policy.ts';
import { Fifo } from './fifo.ts';

/** Least recently used: a queue in which a use makes an entry the newest, so that the one not used for longest goes first. */
export class Lru extends Fifo {
  override readonly name: PolicyName = 'lru';

  override touched(slot: Slot): void {
    this.queue.moveToNewest(slot);
  }

  override reason(): EvictionReason {
    return 'idle';
  }
}
