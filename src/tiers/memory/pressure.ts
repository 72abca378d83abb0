import type { MemoryGauge, MemoryReading } from './memory-gauge.ts';
import type { Room } from './room.ts';

/** When memory gives way: shares of what the process may use. */
export interface PressureLimits {
  /** Above this the cache lets entries go, as many bytes as are too much. */
  readonly from: number;
  /** Below this it takes its room back by and by. */
  readonly until: number;
}

/** It lets go a little more than is too much, so that the next entry does not begin it anew. */
const MARGIN = 0.05;
/** It gives way no further than to this part of its bound, or of the process's where that is less. */
const LEAST_PART = 16;
/** With each reading below `until` it takes back this part of the same. */
const REGAINED_PART = 16;
/** Memory is read again after so many bytes have come, in parts of the cache's bound and at most. */
const READ_PER_BOUND = 64;
const MAX_UNREAD_BYTES = 4 * 1_024 ** 2;
/** Use that falls by this share of the limit has been collected. */
const COLLECTED = 0.02;

/**
 * Has a cache give way while its process nears a bound of its memory, and take back
 * what it gave when that has passed.
 *
 * What leaves is not free before it is collected, so it is taken off what the gauge tells
 * until use has fallen: otherwise the cache would let go the same bytes over and over.
 */
export class Pressure {
  readonly #room: Room;
  readonly #gauge: MemoryGauge;
  readonly #limits: PressureLimits;
  #unreadBytes = 0;
  /** Let go and not yet collected, as far as is known. */
  #freedBytes = 0;
  /** The most in use since something was let go. */
  #peakBytes = 0;
  /** How often it has let entries go. */
  reliefs = 0;

  constructor(room: Room, gauge: MemoryGauge, limits: PressureLimits) {
    this.#room = room;
    this.#gauge = gauge;
    this.#limits = limits;
  }

  /** So many bytes have come: many enough, and memory is read. */
  added(bytes: number): void {
    this.#unreadBytes += bytes;
    if (this.#unreadBytes >= Math.min(MAX_UNREAD_BYTES, this.#room.limits.maxBytes / READ_PER_BOUND)) this.read();
  }

  /** Reads memory, and gives way or takes back. */
  read(): void {
    this.#unreadBytes = 0;
    const reading = worst(this.#gauge());
    if (!reading) return;
    const { usedBytes, limitBytes } = reading;
    this.#peakBytes = Math.max(this.#peakBytes, usedBytes);
    if (usedBytes < this.#peakBytes - COLLECTED * limitBytes) {
      this.#freedBytes = 0;
      this.#peakBytes = usedBytes;
    }
    const remaining = usedBytes - this.#freedBytes;
    if (remaining > this.#limits.from * limitBytes) this.#giveWay(remaining - (this.#limits.from - MARGIN) * limitBytes, limitBytes);
    else if (usedBytes < this.#limits.until * limitBytes) this.#takeBack(limitBytes);
  }

  #giveWay(tooMuch: number, limitBytes: number): void {
    const { bytes, limits } = this.#room;
    const allowed = Math.max(Math.min(limits.maxBytes, limitBytes) / LEAST_PART, bytes - tooMuch);
    if (allowed >= bytes) return;
    this.reliefs += 1;
    this.#freedBytes += bytes - allowed;
    this.#room.allow(allowed);
  }

  #takeBack(limitBytes: number): void {
    const { allowedBytes, limits } = this.#room;
    if (allowedBytes < limits.maxBytes) this.#room.allow(allowedBytes + Math.min(limits.maxBytes, limitBytes) / REGAINED_PART);
  }
}

/** The reading that is nearest to its limit. */
function worst(readings: readonly MemoryReading[]): MemoryReading | undefined {
  let nearest: MemoryReading | undefined;
  for (const reading of readings) {
    if (!nearest || reading.usedBytes / reading.limitBytes > nearest.usedBytes / nearest.limitBytes) nearest = reading;
  }
  return nearest;
}
