import type { Slot } from '../../policy/eviction-policy.ts';
import { hashOf } from '../../policy/key-hash.ts';

/**
 * From so many entries on, keys are spread over several maps.
 *
 * A `Map` of V8 has 2 ** 24 places, those of deleted keys among them until it is built anew, and
 * a full one throws. With a quarter of that alive it is built anew in good time.
 */
const MOST_IN_ONE = 2 ** 22;

/** The keys of one partition, and the slots of their entries; what of `Map` is needed for that. */
export interface SlotMap extends Iterable<[string, Slot]> {
  readonly size: number;
  get(key: string): Slot | undefined;
  set(key: string, slot: Slot): unknown;
  delete(key: string): boolean;
  values(): Iterable<Slot>;
}

/** A map that has room for `entries` under whatever comes and goes. */
export function slotMapFor(entries: number): SlotMap {
  const count = countFor(entries);
  return count === 1 ? new Map() : new SpreadMap(count);
}

/** The same keys in a map that has room for `entries`: the same map, if it has. */
export function widened(slots: SlotMap, from: number, entries: number): SlotMap {
  if (countFor(entries) <= countFor(from)) return slots;
  const wider = slotMapFor(entries);
  for (const [key, slot] of slots) wider.set(key, slot);
  return wider;
}

function countFor(entries: number): number {
  return Math.max(1, 2 ** Math.ceil(Math.log2(entries / MOST_IN_ONE)));
}

/** Many keys in several maps, each of its own by its hash. */
class SpreadMap implements SlotMap {
  readonly #maps: readonly Map<string, Slot>[];
  readonly #mask: number;

  /** @param count of maps, a power of two. */
  constructor(count: number) {
    this.#maps = Array.from({ length: count }, () => new Map());
    this.#mask = count - 1;
  }

  get size(): number {
    return this.#maps.reduce((sum, { size }) => sum + size, 0);
  }

  get(key: string): Slot | undefined {
    return this.#mapOf(key).get(key);
  }

  set(key: string, slot: Slot): void {
    this.#mapOf(key).set(key, slot);
  }

  delete(key: string): boolean {
    return this.#mapOf(key).delete(key);
  }

  *values(): IterableIterator<Slot> {
    for (const map of this.#maps) yield* map.values();
  }

  *[Symbol.iterator](): IterableIterator<[string, Slot]> {
    for (const map of this.#maps) yield* map;
  }

  #mapOf(key: string): Map<string, Slot> {
    return this.#maps[hashOf(key, 0) & this.#mask]!;
  }
}
