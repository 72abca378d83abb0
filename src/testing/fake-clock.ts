import type { Cancel, Clock } from '../time/clock.ts';

interface Alarm {
  readonly ringsAt: number;
  readonly order: number;
  readonly action: () => void;
}

/**
 * A clock that stands still until it is told to move, for tests that must not wait.
 *
 * @example
 * const clock = new FakeClock('2026-01-05T14:30:00Z');
 * const cache = createCache({ clock });
 * await cache.set('quote', 187.25, { ttl: '5s' });
 * await clock.advance(5_000);
 * cache.peek('quote'); // undefined: no longer fresh
 */
export class FakeClock implements Clock {
  #wall: number;
  #monotonic = 0;
  #order = 0;
  readonly #alarms = new Set<Alarm>();

  /** @param wall the wall-clock time to begin at: epoch milliseconds or ISO text. */
  constructor(wall: number | string = '2026-01-05T14:30:00Z') {
    this.#wall = new Date(wall).getTime();
  }

  now(): number {
    return this.#wall;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  recent(): number {
    return this.#monotonic;
  }

  after(delayMs: number, action: () => void): Cancel {
    const alarm = { ringsAt: this.#monotonic + delayMs, order: this.#order++, action };
    this.#alarms.add(alarm);
    return () => {
      this.#alarms.delete(alarm);
    };
  }

  /** How many timers are set: none should be left when a test ends. */
  get timerCount(): number {
    return this.#alarms.size;
  }

  /**
   * Moves both times on by `ms`, ringing the timers that fall due in their
   * order, each at its own instant; promises that settle meanwhile are followed
   * before the next timer rings.
   */
  async advance(ms: number): Promise<void> {
    if (!(ms >= 0)) throw new RangeError(`A clock cannot be moved on by ${ms} ms`);
    const endsAt = this.#monotonic + ms;
    await settle();
    for (let alarm = this.#nextDue(endsAt); alarm; alarm = this.#nextDue(endsAt)) {
      this.#alarms.delete(alarm);
      this.#moveTo(Math.max(alarm.ringsAt, this.#monotonic));
      alarm.action();
      await settle();
    }
    this.#moveTo(endsAt);
  }

  /** Sets the wall clock alone, as an operator or NTP would; monotonic time goes on unmoved. */
  jump(wall: number | string): void {
    this.#wall = new Date(wall).getTime();
  }

  #moveTo(monotonic: number): void {
    this.#wall += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }

  #nextDue(endsAt: number): Alarm | undefined {
    let due: Alarm | undefined;
    for (const alarm of this.#alarms) {
      if (alarm.ringsAt > endsAt) continue;
      if (!due || alarm.ringsAt < due.ringsAt || (alarm.ringsAt === due.ringsAt && alarm.order < due.order)) due = alarm;
    }
    return due;
  }
}

/** Some things wait for a turn or two of the event loop before they judge; nothing here waits for more. */
const TURNS = 4;

/** Lets every promise that can settle without time or I/O do so. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
