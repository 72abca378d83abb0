import type { Cancel, Clock } from '../time/clock.ts';
import { FaultOrders, type FaultShare, withBitFlipped } from './fault-orders.ts';

/** What a bus brings. */
export type Arrival = 'message' | 'beat';

/** What befalls an arrival. */
export type PassageEffect =
  | { readonly kind: 'drop' }
  | { readonly kind: 'duplicate' }
  | { readonly kind: 'reorder' }
  | { readonly kind: 'corrupt' }
  | { readonly kind: 'delay'; readonly ms: number };

interface Held {
  readonly arrival: Arrival;
  readonly bytes: Uint8Array;
  /** So many others go first. */
  ahead: number;
}

/** Who was held back lets at most so many others go first. */
const MAX_AHEAD = 4;

/** The last stretch of the way to a listener, where what arrives is lost, doubled, held back, delayed or damaged to order. */
export class RoughPassage {
  readonly #tell: (arrival: Arrival, bytes: Uint8Array) => void;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #faults: FaultOrders<Arrival, PassageEffect>;
  readonly #delays = new Set<Cancel>();
  #held: Held[] = [];

  constructor(tell: (arrival: Arrival, bytes: Uint8Array) => void, clock: Clock, random: () => number) {
    this.#tell = tell;
    this.#clock = clock;
    this.#random = random;
    this.#faults = new FaultOrders(random);
  }

  order(effect: PassageEffect, arrivals: readonly Arrival[], share: FaultShare): void {
    this.#faults.order(effect, arrivals, share);
  }

  /** Brings what arrives to its listener, as the orders have it. */
  arrive(arrival: Arrival, bytes: Uint8Array): void {
    const effect = this.#faults.meet(arrival);
    if (effect?.kind === 'drop') return;
    if (effect?.kind === 'reorder') this.#held.push({ arrival, bytes, ahead: 1 + Math.floor(this.#random() * MAX_AHEAD) });
    else if (effect?.kind === 'delay') this.#delay(effect.ms, arrival, bytes);
    else if (effect?.kind === 'corrupt') this.#pass(arrival, withBitFlipped(bytes, this.#random));
    else {
      const twin = effect?.kind === 'duplicate' ? new Uint8Array(bytes) : undefined;
      this.#pass(arrival, bytes);
      if (twin) this.#pass(arrival, twin);
    }
  }

  /** Takes back all orders, and lets go what was held back; what is delayed comes when it is due. */
  smooth(): void {
    this.#faults.clear();
    for (const { arrival, bytes } of this.#held.splice(0)) this.#tell(arrival, bytes);
  }

  /** Loses whatever is on its way. */
  lose(): void {
    this.#held = [];
    for (const cancel of this.#delays) cancel();
    this.#delays.clear();
  }

  #pass(arrival: Arrival, bytes: Uint8Array): void {
    this.#tell(arrival, bytes);
    for (const held of this.#held) held.ahead -= 1;
    const due = this.#held.filter(({ ahead }) => ahead <= 0);
    this.#held = this.#held.filter(({ ahead }) => ahead > 0);
    for (const held of due) this.#tell(held.arrival, held.bytes);
  }

  #delay(ms: number, arrival: Arrival, bytes: Uint8Array): void {
    const cancel = this.#clock.after(ms, () => {
      this.#delays.delete(cancel);
      this.#pass(arrival, bytes);
    });
    this.#delays.add(cancel);
  }
}
