import { type EvictionPolicy, NONE, type PolicyName, type Slot } from '../policy/eviction-policy.ts';
import { POLICIES } from '../policy/policies.ts';
import { RoomReckoning } from '../policy/room-reckoning.ts';
import type { Trace } from './trace.ts';

const FIRST_ROWS = 64;

/** What a cache is bounded by, and how long its entries live. */
export interface SimulationOptions {
  /** Room for so many entries, or for so many bytes with `inBytes`. */
  readonly size: number;
  /** Whether `size` is in bytes; the trace must tell sizes. @default false */
  readonly inBytes?: boolean;
  /** Whether `hybrid` admits by frequency per byte; the trace must tell sizes. @default false */
  readonly perByte?: boolean;
  /** Entries die so many seconds after they came; the trace must tell times. @default never */
  readonly ttlSeconds?: number;
}

/** What became of the requests. */
export interface SimulationResult {
  readonly hits: number;
  readonly requests: number;
  readonly hitRatio: number;
  /** The share of the bytes asked for that were there; `undefined` where the trace tells no sizes. */
  readonly byteHitRatio: number | undefined;
}

/** Runs a trace through a policy from an empty cache: a request finds its key, or brings it. */
export function simulate(trace: Trace, policy: PolicyName, options: SimulationOptions): SimulationResult {
  return new Simulation(trace, policy, options).run();
}

class Simulation {
  readonly #trace: Trace;
  readonly #policy: EvictionPolicy;
  readonly #room: RoomReckoning;
  readonly #maxEntries: number;
  readonly #maxBytes: number;
  readonly #ttl: number;
  /** By key: its slot, or {@link NONE}. */
  readonly #slots: Uint32Array;
  readonly #free: Slot[] = [];
  #keys = new Int32Array(1);
  #weights = new Float64Array(1);
  #diesAt = new Float64Array(1);
  #nextSlot: Slot = 1;
  #entries = 0;
  #bytes = 0;

  constructor(
    trace: Trace,
    name: PolicyName,
    { size, inBytes = false, perByte = false, ttlSeconds = Number.POSITIVE_INFINITY }: SimulationOptions,
  ) {
    const policy = POLICIES[name](perByte ? { weightOf: (slot) => this.#weights[slot]! } : {});
    this.#trace = trace;
    this.#policy = policy;
    this.#maxEntries = inBytes ? Number.POSITIVE_INFINITY : size;
    this.#maxBytes = inBytes ? size : Number.POSITIVE_INFINITY;
    this.#ttl = ttlSeconds;
    this.#slots = new Uint32Array(trace.unique);
    this.#room = new RoomReckoning(policy, this.#maxEntries);
  }

  run(): SimulationResult {
    const { requests, times, sizes } = this.#trace;
    let hits = 0;
    let hitBytes = 0;
    let allBytes = 0;
    for (let at = 0; at < requests.length; at += 1) {
      const key = requests[at]!;
      const now = times === undefined ? 0 : times[at]!;
      const bytes = sizes === undefined ? 1 : sizes[at]!;
      const slot = this.#alive(key, now);
      allBytes += bytes;
      if (slot === NONE) {
        this.#bring(key, bytes, now);
      } else {
        hits += 1;
        hitBytes += bytes;
        this.#policy.touched(slot);
      }
    }
    const hitRatio = requests.length === 0 ? 0 : hits / requests.length;
    return { hits, requests: requests.length, hitRatio, byteHitRatio: sizes && allBytes > 0 ? hitBytes / allBytes : undefined };
  }

  #alive(key: number, now: number): Slot {
    const slot = this.#slots[key]!;
    if (slot === NONE || now < this.#diesAt[slot]!) return slot;
    this.#policy.removed(slot);
    this.#vacate(slot);
    return NONE;
  }

  /** What is larger than all the room is not kept. */
  #bring(key: number, bytes: number, now: number): void {
    if (bytes > this.#maxBytes) return;
    const slot = this.#free.pop() ?? this.#freshSlot();
    this.#slots[key] = slot;
    this.#keys[slot] = key;
    this.#weights[slot] = bytes;
    this.#diesAt[slot] = now + this.#ttl;
    this.#entries += 1;
    this.#bytes += bytes;
    this.#policy.inserted(slot, this.#trace.hashes[key]!);
    while (this.#entries > this.#maxEntries || this.#bytes > this.#maxBytes) {
      this.#room.full(this.#entries);
      const victim = this.#policy.victim();
      this.#policy.evicted(victim);
      this.#vacate(victim);
    }
  }

  #vacate(slot: Slot): void {
    this.#slots[this.#keys[slot]!] = NONE;
    this.#entries -= 1;
    this.#bytes -= this.#weights[slot]!;
    this.#free.push(slot);
  }

  #freshSlot(): Slot {
    const slot = this.#nextSlot++;
    if (slot < this.#keys.length) return slot;
    const lastSlot = Math.min(Math.max(FIRST_ROWS, (this.#keys.length - 1) * 2), this.#maxEntries + 1);
    this.#policy.grow(lastSlot);
    this.#room.grown(lastSlot);
    const keys = new Int32Array(lastSlot + 1);
    keys.set(this.#keys);
    this.#keys = keys;
    this.#weights = wider(this.#weights, lastSlot + 1);
    this.#diesAt = wider(this.#diesAt, lastSlot + 1);
    return slot;
  }
}

function wider(numbers: Float64Array<ArrayBuffer>, length: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(length);
  larger.set(numbers);
  return larger;
}
