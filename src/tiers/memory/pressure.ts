import type { Cancel, Clock } from '../../time/clock.ts';
import type { MemoryGauge } from './memory-gauge.ts';

/** When memory gives way: shares of what the process may use. */
export interface PressureLimits {
  /** Above this the cache lets entries go, as many bytes as are too much. */
  readonly from: number;
  /** Below this it takes its room back by and by. */
  readonly until: number;
}

/** Room that can be given up for a while. */
export interface Yielding {
  readonly entries: number;
  readonly bytes: number;
  readonly allowedBytes: number;
  readonly limits: { readonly maxBytes: number };
  /** Allows so many bytes for now; what is too much leaves at once. */
  allow(bytes: number): void;
}

const READ_EVERY_MS = 1_000;
/** Memory is read again, too, after so many bytes have come. */
const READ_EVERY_BYTES = 2 * 1_024 ** 2;
/** It lets go a little more than is too much, so that the next entry does not begin it anew. */
const MARGIN = 0.05;
/** It gives way no further than to this part of its bound, or of the process's where that is less. */
const LEAST_PART = 16;
/** With each second below `until` it takes back this part of the same. */
const REGAINED_PART = 16;
/** Use that falls by this share of the limit has been collected. */
const COLLECTED = 0.02;

/** What is known of one bound of the process. */
interface Account {
  /** Let go and not yet collected, as far as is known. */
  freedBytes: number;
  /** The most in use since something was let go. */
  peakBytes: number;
}

/**
 * Has a cache give way while its process nears a bound of its memory, and take back
 * what it gave when that has passed.
 *
 * What leaves is not free before it is collected, so it is taken off what the gauge tells
 * until use has fallen: otherwise the cache would let go the same bytes over and over.
 */
export class Pressure {
  readonly #room: Yielding;
  readonly #gauge: MemoryGauge;
  readonly #limits: PressureLimits;
  readonly #clock: Clock;
  /** One for each reading of the gauge. */
  readonly #accounts: Account[] = [];
  #unreadBytes = 0;
  #cancel: Cancel | undefined;
  #isClosed = false;
  /** How often it has let entries go. */
  reliefs = 0;

  constructor(room: Yielding, gauge: MemoryGauge, limits: PressureLimits, clock: Clock) {
    this.#room = room;
    this.#gauge = gauge;
    this.#limits = limits;
    this.#clock = clock;
  }

  /** So many bytes have come, and stand in the books: after some, memory is read. What came may leave for it. */
  came(bytes: number): void {
    if (!this.#isClosed) this.#cancel ??= this.#clock.after(READ_EVERY_MS, this.#tick);
    this.#unreadBytes += bytes;
    if (this.#unreadBytes >= READ_EVERY_BYTES) this.#read();
  }

  close(): void {
    this.#isClosed = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  readonly #tick = (): void => {
    this.#cancel = undefined;
    const { entries, allowedBytes, limits } = this.#room;
    const limitBytes = this.#read();
    if (limitBytes > 0 && allowedBytes < limits.maxBytes) {
      this.#room.allow(allowedBytes + Math.min(limits.maxBytes, limitBytes) / REGAINED_PART);
    }
    if ((entries > 0 || allowedBytes < limits.maxBytes) && !this.#isClosed) this.#cancel = this.#clock.after(READ_EVERY_MS, this.#tick);
  };

  /** Reads memory and gives way where it must. Tells the least limit of the process where all are far from reached, else 0. */
  #read(): number {
    this.#unreadBytes = 0;
    let tooMuch = 0;
    let least = Number.POSITIVE_INFINITY;
    let isCalm = true;
    for (const [at, { usedBytes, limitBytes }] of this.#gauge().entries()) {
      const remaining = usedBytes - this.#uncollected(at, usedBytes, limitBytes);
      if (remaining > this.#limits.from * limitBytes) tooMuch = Math.max(tooMuch, remaining - (this.#limits.from - MARGIN) * limitBytes);
      if (usedBytes >= this.#limits.until * limitBytes) isCalm = false;
      least = Math.min(least, limitBytes);
    }
    if (tooMuch > 0) this.#giveWay(tooMuch, least);
    return isCalm && least < Number.POSITIVE_INFINITY ? least : 0;
  }

  /** What was let go and is still counted as used. */
  #uncollected(at: number, usedBytes: number, limitBytes: number): number {
    this.#accounts[at] ??= { freedBytes: 0, peakBytes: 0 };
    const account = this.#accounts[at];
    account.peakBytes = Math.max(account.peakBytes, usedBytes);
    if (usedBytes < account.peakBytes - COLLECTED * limitBytes) {
      account.freedBytes = 0;
      account.peakBytes = usedBytes;
    }
    return account.freedBytes;
  }

  #giveWay(tooMuch: number, limitBytes: number): void {
    const { bytes, limits } = this.#room;
    const allowed = Math.max(Math.min(limits.maxBytes, limitBytes) / LEAST_PART, bytes - tooMuch);
    if (allowed >= bytes) return;
    this.#room.allow(allowed);
    // What is protected has not left.
    const freed = bytes - this.#room.bytes;
    if (freed <= 0) return;
    this.reliefs += 1;
    for (const account of this.#accounts) account.freedBytes += freed;
  }
}
