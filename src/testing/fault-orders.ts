/** Which of the things that a fault is about it befalls, counted from when it was ordered. */
export interface FaultShare {
  /** The first it befalls: with 2, one such is spared. @default 1 */
  readonly nth?: number;
  /** How many it befalls. @default 1 */
  readonly times?: number;
  /** The chance of each to be befallen, of those that could be. @default 1 */
  readonly share?: number;
}

interface Order<Event, Effect> {
  readonly effect: Effect;
  readonly events: readonly Event[] | undefined;
  readonly share: number;
  spare: number;
  times: number;
}

/** The faults that were ordered, and what befalls each event by them: the first that is about it. */
export class FaultOrders<Event extends string, Effect> {
  readonly #random: () => number;
  readonly #counts = new Map<Event, number>();
  #orders: Order<Event, Effect>[] = [];

  constructor(random: () => number) {
    this.#random = random;
  }

  /** @param events what the fault is about; everything, if `undefined`. */
  order(effect: Effect, events: readonly Event[] | undefined, { nth = 1, times = 1, share = 1 }: FaultShare): void {
    this.#orders.push({ effect, events, share, spare: nth - 1, times });
  }

  /** What befalls the event that happens now. */
  meet(event: Event): Effect | undefined {
    this.#counts.set(event, this.count(event) + 1);
    let befallen: Effect | undefined;
    for (const order of this.#orders) {
      if (order.times === 0 || order.events?.includes(event) === false) continue;
      if (order.spare > 0) order.spare -= 1;
      else if (befallen === undefined && (order.share === 1 || this.#random() < order.share)) {
        order.times -= 1;
        befallen = order.effect;
      }
    }
    return befallen;
  }

  /** How many such events happened, befallen or not. */
  count(event: Event): number {
    return this.#counts.get(event) ?? 0;
  }

  /** Takes back all orders. */
  clear(): void {
    this.#orders = [];
  }
}

/** A copy with one bit the wrong way, drawn by chance; there is none in no bytes. */
export function withBitFlipped(bytes: Uint8Array, random: () => number): Uint8Array {
  const flipped = new Uint8Array(bytes);
  const at = Math.floor(random() * flipped.length);
  if (at < flipped.length) flipped[at] = (flipped[at] ?? 0) ^ (1 << Math.floor(random() * 8));
  return flipped;
}
