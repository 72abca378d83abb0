import type { Socket } from 'node:net';

/** What befalls bytes that go one way. */
export interface LaneFaults {
  readonly delayMs: number;
  readonly jitterMs: number;
  readonly isCut: boolean;
  /** The chance of each byte to have one bit flipped. */
  readonly corruption: number;
  readonly bytesPerSecond: number;
}

/** A network as one would wish it. */
export const NO_FAULTS: LaneFaults = { delayMs: 0, jitterMs: 0, isCut: false, corruption: 0, bytesPerSecond: Number.POSITIVE_INFINITY };

/** More than this is left with the sender, whose kernel then slows it down. */
const MAX_HELD_BYTES = 4 * 2 ** 20;

/** A throttled lane sends in steps of this length. */
const STEP_MS = 20;

interface Parcel {
  readonly bytes: Buffer;
  readonly dueAt: number;
}

/** One direction of one connection: takes bytes from a socket, and hands them to the other when they are due. */
export class Lane {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #faults: () => LaneFaults;
  readonly #random: () => number;
  #parcels: Parcel[] = [];
  #heldBytes = 0;
  #isOver = false;
  #lastDueAt = 0;
  #freeAt = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(from: Socket, to: Socket, faults: () => LaneFaults, random: () => number) {
    this.#from = from;
    this.#to = to;
    this.#faults = faults;
    this.#random = random;
    from.on('data', (bytes: Buffer) => this.#take(bytes));
    from.once('end', () => {
      this.#isOver = true;
      this.go();
    });
    to.on('drain', () => this.go());
  }

  /** Hands on what is due under the faults there are now. */
  go(): void {
    clearTimeout(this.#timer);
    const { isCut, bytesPerSecond } = this.#faults();
    if (isCut || this.#to.destroyed) {
      this.#from.pause();
      return;
    }
    for (;;) {
      const [head] = this.#parcels;
      if (!head || this.#to.writableNeedDrain) break;
      const now = performance.now();
      const waitMs = Math.max(head.dueAt, this.#freeAt) - now;
      if (waitMs > 0) {
        this.#timer = setTimeout(() => this.go(), Math.ceil(waitMs));
        break;
      }
      this.#parcels.shift();
      const allowed = bytesPerSecond === Number.POSITIVE_INFINITY ? head.bytes.length : Math.max(1, (bytesPerSecond * STEP_MS) / 1_000);
      const bytes = head.bytes.subarray(0, allowed);
      if (bytes.length < head.bytes.length) this.#parcels.unshift({ bytes: head.bytes.subarray(allowed), dueAt: head.dueAt });
      this.#freeAt = now + (bytes.length / bytesPerSecond) * 1_000;
      this.#heldBytes -= bytes.length;
      this.#to.write(this.#damaged(bytes));
    }
    if (this.#parcels.length === 0 && this.#isOver) this.#to.end();
    if (this.#heldBytes < MAX_HELD_BYTES) this.#from.resume();
  }

  /** Nothing goes on any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#parcels = [];
  }

  #take(bytes: Buffer): void {
    const { delayMs, jitterMs } = this.#faults();
    this.#lastDueAt = Math.max(this.#lastDueAt, performance.now() + delayMs + jitterMs * this.#random());
    this.#parcels.push({ bytes, dueAt: delayMs + jitterMs === 0 ? 0 : this.#lastDueAt });
    this.#heldBytes += bytes.length;
    if (this.#heldBytes >= MAX_HELD_BYTES) this.#from.pause();
    this.go();
  }

  #damaged(bytes: Buffer): Buffer {
    const { corruption } = this.#faults();
    if (corruption === 0) return bytes;
    const damaged = Buffer.from(bytes);
    for (let at = 0; at < damaged.length; at += 1) {
      if (this.#random() < corruption) damaged[at] = (damaged[at] ?? 0) ^ (1 << Math.floor(this.#random() * 8));
    }
    return damaged;
  }
}
