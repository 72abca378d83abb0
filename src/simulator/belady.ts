import type { Trace } from './trace.ts';

/** A key that is never asked for again. */
const NEVER = 0x7fff_ffff;

/**
 * The hit ratio that nobody who must keep what was missed can pass: of all that is
 * kept, what will be asked for last leaves.
 *
 * Belady, "A Study of Replacement Algorithms for a Virtual-Storage Computer" (IBM
 * Systems Journal, 1966). It knows the future, and counts entries, not bytes.
 */
export function beladyHitRatio(trace: Trace, entries: number): number {
  const { requests, unique } = trace;
  const nextUse = nextUses(requests, unique);
  /** By key: when it will be asked for next; 0 while it is not kept, for nothing is asked for again at the first request. */
  const keptUntil = new Int32Array(unique);
  const farthest = new FarthestFirst();
  let kept = 0;
  let hits = 0;
  for (let at = 0; at < requests.length; at += 1) {
    const key = requests[at]!;
    const next = nextUse[at]!;
    if (keptUntil[key] !== 0) {
      hits += 1;
    } else {
      for (let isFull = kept === entries; isFull; ) {
        const [use, leaving] = farthest.take();
        // What was used since it was noted stands there again.
        if (keptUntil[leaving] !== use) continue;
        keptUntil[leaving] = 0;
        kept -= 1;
        isFull = false;
      }
      kept += 1;
    }
    keptUntil[key] = next;
    farthest.add(next, key);
  }
  return requests.length === 0 ? 0 : hits / requests.length;
}

/** For each request, the place of the next for the same key. */
function nextUses(requests: Int32Array, unique: number): Int32Array {
  const last = new Int32Array(unique).fill(NEVER);
  const next = new Int32Array(requests.length);
  for (let at = requests.length - 1; at >= 0; at -= 1) {
    const key = requests[at]!;
    next[at] = last[key]!;
    last[key] = at;
  }
  return next;
}

/** A binary heap of keys by their next use, the farthest on top. */
class FarthestFirst {
  #uses = new Int32Array(1_024);
  #keys = new Int32Array(1_024);
  #size = 0;

  add(use: number, key: number): void {
    if (this.#size === this.#uses.length) {
      this.#uses = doubled(this.#uses);
      this.#keys = doubled(this.#keys);
    }
    let at = this.#size;
    this.#size += 1;
    for (let parent = (at - 1) >> 1; at > 0 && this.#uses[parent]! < use; parent = (at - 1) >> 1) {
      this.#move(parent, at);
      at = parent;
    }
    this.#uses[at] = use;
    this.#keys[at] = key;
  }

  take(): [use: number, key: number] {
    const top: [number, number] = [this.#uses[0]!, this.#keys[0]!];
    this.#size -= 1;
    const use = this.#uses[this.#size]!;
    const key = this.#keys[this.#size]!;
    let at = 0;
    for (let child = 1; child < this.#size; child = 2 * at + 1) {
      if (child + 1 < this.#size && this.#uses[child + 1]! > this.#uses[child]!) child += 1;
      if (this.#uses[child]! <= use) break;
      this.#move(child, at);
      at = child;
    }
    this.#uses[at] = use;
    this.#keys[at] = key;
    return top;
  }

  #move(from: number, to: number): void {
    this.#uses[to] = this.#uses[from]!;
    this.#keys[to] = this.#keys[from]!;
  }
}

function doubled(numbers: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}
