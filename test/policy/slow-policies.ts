import { NONE, type PolicyName, type Slot } from '../../src/policy/eviction-policy.ts';
import { FrequencySketch } from '../../src/policy/frequency-sketch.ts';
import { GhostKeys } from '../../src/policy/ghost-keys.ts';

/**
 * A policy as its paper tells it, in plain lists: slow, and easy to see to be right.
 * Lists run from the oldest to the newest. The newcomer is the last that came: others leave for it.
 */
export interface SlowPolicy {
  /** All slots, in any order. */
  readonly slots: readonly Slot[];
  resize(capacity: number): void;
  inserted(slot: Slot, hash: number): void;
  touched(slot: Slot): void;
  removed(slot: Slot): void;
  evicted(slot: Slot): void;
  victim(): Slot;
}

const without = (list: readonly Slot[], slot: Slot): Slot[] => list.filter((other) => other !== slot);

class SlowFifo implements SlowPolicy {
  slots: Slot[] = [];
  newcomer: Slot = NONE;

  resize(_capacity: number): void {}

  inserted(slot: Slot, _hash: number): void {
    this.slots.push(slot);
    this.newcomer = slot;
  }

  touched(_slot: Slot): void {}

  removed(slot: Slot): void {
    this.slots = without(this.slots, slot);
    if (this.newcomer === slot) this.newcomer = NONE;
  }

  evicted(slot: Slot): void {
    this.removed(slot);
  }

  victim(): Slot {
    return this.slots[0] ?? NONE;
  }
}

class SlowLru extends SlowFifo {
  override touched(slot: Slot): void {
    this.slots = [...without(this.slots, slot), slot];
  }
}

class SlowSieve extends SlowFifo {
  readonly #used = new Set<Slot>();
  #hand: Slot = NONE;

  override touched(slot: Slot): void {
    this.#used.add(slot);
  }

  override removed(slot: Slot): void {
    const next = this.#next(this.slots.indexOf(slot), slot === this.newcomer ? NONE : this.newcomer);
    if (this.#hand === slot) this.#hand = next;
    this.#used.delete(slot);
    super.removed(slot);
  }

  override victim(): Slot {
    let slot = this.#hand === NONE ? this.slots[0] : this.#hand;
    while (slot !== undefined && this.#used.delete(slot)) slot = this.#next(this.slots.indexOf(slot), this.newcomer) || this.slots[0];
    this.#hand = slot ?? NONE;
    return this.#hand;
  }

  /** The newcomer has not joined the queue yet. */
  #next(place: number, newcomer: Slot): Slot {
    const next = this.slots[place + 1] ?? NONE;
    return next === newcomer ? NONE : next;
  }
}

class SlowS3Fifo implements SlowPolicy {
  small: Slot[] = [];
  main: Slot[] = [];
  ghosts: number[] = [];
  newcomer: Slot = NONE;
  readonly #uses = new Map<Slot, number>();
  readonly #hashes = new Map<Slot, number>();
  #mainLimit = 0;

  get slots(): Slot[] {
    return [...this.small, ...this.main];
  }

  resize(capacity: number): void {
    this.#mainLimit = capacity - Math.max(1, Math.floor(capacity / 10));
    this.ghosts = this.ghosts.slice(-this.#mainLimit || this.ghosts.length);
  }

  inserted(slot: Slot, hash: number): void {
    const isBack = this.ghosts.includes(hash);
    this.ghosts = without(this.ghosts, hash);
    (isBack ? this.main : this.small).push(slot);
    this.#uses.set(slot, 0);
    this.#hashes.set(slot, hash);
    this.newcomer = slot;
  }

  touched(slot: Slot): void {
    this.#uses.set(slot, Math.min(3, (this.#uses.get(slot) ?? 0) + 1));
  }

  removed(slot: Slot): void {
    this.small = without(this.small, slot);
    this.main = without(this.main, slot);
    if (this.newcomer === slot) this.newcomer = NONE;
  }

  evicted(slot: Slot): void {
    const hash = this.#hashes.get(slot) ?? 0;
    if (this.small.includes(slot) && this.#mainLimit > 0 && !this.ghosts.includes(hash))
      this.ghosts = [...this.ghosts, hash].slice(-this.#mainLimit);
    this.removed(slot);
    for (const queue of [this.small, this.main])
      if (queue.includes(this.newcomer)) queue.push(...queue.splice(queue.indexOf(this.newcomer), 1));
  }

  victim(): Slot {
    const [small, main] = [without(this.small, this.newcomer), without(this.main, this.newcomer)];
    if (main.length <= this.#mainLimit) {
      for (const slot of small) {
        if ((this.#uses.get(slot) ?? 0) < 2) return slot;
        this.small = without(this.small, slot);
        this.main.push(slot);
        this.#uses.set(slot, 0);
      }
    }
    for (;;) {
      const slot = without(this.main, this.newcomer)[0];
      if (slot === undefined) return without(this.small, this.newcomer)[0] ?? this.newcomer;
      const uses = this.#uses.get(slot) ?? 0;
      if (uses === 0) return slot;
      this.#uses.set(slot, uses - 1);
      this.main = [...without(this.main, slot), slot];
    }
  }
}

/** Frequencies are the sketch's own: what is modelled is what is made of them. */
class SlowLfu implements SlowPolicy {
  slots: Slot[] = [];
  newcomer: Slot = NONE;
  readonly #sketch = new FrequencySketch();
  readonly #levels = new Map<Slot, number>();
  readonly #hashes = new Map<Slot, number>();
  #period = 10;
  #uses = 0;

  resize(capacity: number): void {
    this.#sketch.resize(capacity);
    this.#period = capacity * 10;
  }

  inserted(slot: Slot, hash: number): void {
    this.#hashes.set(slot, hash);
    this.#used(slot, hash);
    this.newcomer = slot;
  }

  touched(slot: Slot): void {
    this.#used(slot, this.#hashes.get(slot) ?? 0);
  }

  removed(slot: Slot): void {
    this.slots = without(this.slots, slot);
    if (this.newcomer === slot) this.newcomer = NONE;
  }

  evicted(slot: Slot): void {
    this.removed(slot);
  }

  /** The list holds the order of last use; aging keeps it, and puts whoever was higher behind whoever was lower. */
  victim(): Slot {
    const others = without(this.slots, this.newcomer);
    const least = Math.min(...others.map((slot) => this.#levels.get(slot) ?? 0));
    return others.find((slot) => this.#levels.get(slot) === least) ?? this.newcomer;
  }

  #used(slot: Slot, hash: number): void {
    this.#sketch.add(hash);
    this.#uses += 1;
    if (this.#uses >= this.#period) this.#age();
    this.#levels.set(slot, this.#sketch.estimate(hash));
    this.slots = [...without(this.slots, slot), slot];
  }

  #age(): void {
    this.#uses = 0;
    this.slots.sort((a, b) => (this.#levels.get(a) ?? 0) - (this.#levels.get(b) ?? 0));
    for (const slot of this.slots) this.#levels.set(slot, (this.#levels.get(slot) ?? 0) >>> 1);
  }
}

/** W-TinyLFU of few entries, which has no shadows. Frequencies and ghosts are the sketch's and the ghosts' own. */
class SlowHybrid implements SlowPolicy {
  window: Slot[] = [];
  probation: Slot[] = [];
  protected: Slot[] = [];
  newcomer: Slot = NONE;
  readonly #sketch = new FrequencySketch();
  readonly #ghosts = new GhostKeys();
  readonly #hashes = new Map<Slot, number>();
  #limits = { window: 1, protected: 0 };
  #chance = 1;
  /** Of each slot, the burst in which it came or was last used, and in how many it was used since that was counted. */
  readonly #bursts = new Map<Slot, number>();
  readonly #uses = new Map<Slot, number>();
  #burst = 0;
  #burstLength = 1;
  #leftInBurst = 1;

  get slots(): Slot[] {
    return [...this.window, ...this.probation, ...this.protected];
  }

  resize(capacity: number): void {
    this.#sketch.resize(capacity);
    this.#burstLength = Math.max(1, Math.floor(capacity / 10));
    const window = Math.max(1, Math.round(0.2 * capacity));
    this.#limits = { window, protected: Math.floor(0.7 * (capacity - window)) };
    this.#ghosts.resize(Math.floor(0.35 * capacity));
  }

  inserted(slot: Slot, hash: number): void {
    this.#sketch.add(hash);
    for (let moves = 0; moves < 8; moves += 1) {
      if (this.window.length > this.#limits.window) this.#settle(this.#oldest('window') ?? NONE);
      else if (this.protected.length > this.#limits.protected) this.#demote();
      else break;
    }
    this.#tick();
    this.#bursts.set(slot, this.#burst);
    this.#uses.set(slot, 0);
    this.#hashes.set(slot, hash);
    (this.#ghosts.take(hash) ? this.probation : this.window).push(slot);
    this.newcomer = slot;
  }

  touched(slot: Slot): void {
    this.#tick();
    if (this.#bursts.get(slot) === this.#burst) return;
    this.#bursts.set(slot, this.#burst);
    this.#uses.set(slot, Math.min(3, (this.#uses.get(slot) ?? 0) + 1));
  }

  removed(slot: Slot): void {
    this.#count(slot);
    this.#unlink(slot);
    if (this.newcomer === slot) this.newcomer = NONE;
  }

  evicted(slot: Slot): void {
    if (this.window.includes(slot)) this.#ghosts.add(this.#hashes.get(slot) ?? 0);
    this.removed(slot);
  }

  victim(): Slot {
    const oldest = this.#oldest('probation');
    const other = oldest === this.newcomer ? this.probation[1] : oldest;
    const isShrunk = this.protected.length > this.#limits.protected;
    const last = other === undefined || isShrunk ? this.#oldest('protected') : undefined;
    const isLess = last !== undefined && (other === undefined || this.#estimate(last) < this.#estimate(other));
    const victim = (isLess ? last : other) ?? oldest ?? NONE;
    if (this.window.length <= this.#limits.window) return victim || (this.#oldest('window') ?? NONE);
    const candidate = this.#oldest('window') ?? NONE;
    if (victim === NONE || !this.#isAdmitted(candidate, victim)) return candidate;
    this.#unlink(candidate);
    this.probation.push(candidate);
    return victim;
  }

  /** Who was used goes to the newest end first, before the newcomer, or from probation to the protected; after 64 whoever is oldest will do. */
  #oldest(queue: 'window' | 'probation' | 'protected'): Slot | undefined {
    for (let spared = 0; ; spared += 1) {
      const [slot] = this[queue];
      if (slot === undefined || !this.#count(slot) || spared === 64) return slot;
      this.#unlink(slot);
      if (queue === 'probation') this.protected.push(slot);
      else if (this[queue].includes(this.newcomer)) this[queue] = [...without(this[queue], this.newcomer), slot, this.newcomer];
      else this[queue].push(slot);
      if (queue === 'probation' && this.protected.length > this.#limits.protected) this.#demote();
    }
  }

  /** Whether there are uses that were not counted; they are now. */
  #count(slot: Slot): boolean {
    const uses = this.#uses.get(slot) ?? 0;
    if (uses > 0) this.#sketch.add(this.#hashes.get(slot) ?? 0, uses);
    this.#uses.set(slot, 0);
    return uses > 0;
  }

  #tick(): void {
    this.#leftInBurst -= 1;
    if (this.#leftInBurst > 0) return;
    this.#leftInBurst = this.#burstLength;
    this.#burst = (this.#burst + 1) % 64;
  }

  #settle(slot: Slot): void {
    this.#unlink(slot);
    const isWellKnown = this.#sketch.estimate(this.#hashes.get(slot) ?? 0) >= 3;
    (isWellKnown && this.protected.length < this.#limits.protected ? this.protected : this.probation).push(slot);
  }

  #demote(): void {
    const slot = this.#oldest('protected') ?? NONE;
    this.#unlink(slot);
    this.probation.push(slot);
  }

  #estimate(slot: Slot): number {
    return this.#sketch.estimate(this.#hashes.get(slot) ?? 0);
  }

  #unlink(slot: Slot): void {
    this.window = without(this.window, slot);
    this.probation = without(this.probation, slot);
    this.protected = without(this.protected, slot);
  }

  #isAdmitted(candidate: Slot, victim: Slot): boolean {
    const [count, other] = [candidate, victim].map((slot) => this.#estimate(slot));
    if ((count ?? 0) > Math.floor((other ?? 0) * 1.25)) return true;
    return (count ?? 0) >= 6 && this.#draw() % 128 === 0;
  }

  #draw(): number {
    for (const shift of [13, -17, 5]) this.#chance ^= shift > 0 ? this.#chance << shift : this.#chance >>> -shift;
    return this.#chance >>> 0;
  }
}

/** Makes the slow model of each policy by its name. */
export const SLOW_POLICIES: Readonly<Record<PolicyName, () => SlowPolicy>> = {
  fifo: () => new SlowFifo(),
  lru: () => new SlowLru(),
  lfu: () => new SlowLfu(),
  sieve: () => new SlowSieve(),
  's3-fifo': () => new SlowS3Fifo(),
  hybrid: () => new SlowHybrid(),
};
