import { ConfigError } from '../../errors.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../time/duration.ts';
import { type Day, dayOf, yearOf } from './day.ts';

/** How far apart a year's offsets are looked at: no zone changed twice within less. */
const STEP = 10 * DAY;

/** The offsets of a year: `offsets[i]` holds before `changes[i]`, the last one from the last change on. */
interface ZoneYear {
  readonly changes: readonly number[];
  readonly offsets: readonly number[];
}

/**
 * A time zone, as the machine's own data has it.
 *
 * `Intl` is asked some 60 times for a year, to find when its offset changes;
 * everything after is arithmetic.
 */
export class Zone {
  readonly name: string;
  readonly #format: Intl.DateTimeFormat;
  readonly #years = new Map<number, ZoneYear>();

  /** @throws ConfigError when there is no such zone. */
  constructor(name: string) {
    this.name = name;
    try {
      this.#format = new Intl.DateTimeFormat('en-US', { timeZone: name, timeZoneName: 'longOffset' });
    } catch (cause) {
      throw new ConfigError(`\`timeZone\` is ${JSON.stringify(name)}, which is unknown; give a name such as 'America/New_York'`, { cause });
    }
  }

  /** Milliseconds that the zone's clocks are ahead of UTC at an instant. */
  offsetAt(at: number): number {
    const { changes, offsets } = this.#yearOf(yearOf(Math.floor(at / DAY)));
    let index = changes.length;
    while (index > 0 && at < (changes[index - 1] ?? 0)) index -= 1;
    return offsets[index] ?? 0;
  }

  /**
   * The instant at which clocks show so many minutes after a day's midnight.
   *
   * A time that clocks skip is moved on by what they skip; of one that they
   * show twice the first is meant.
   */
  instantOf(day: Day, minutes: number): number {
    const wall = day * DAY + minutes * MINUTE;
    const before = this.offsetAt(wall - DAY);
    const after = this.offsetAt(wall + DAY);
    if (before === after) return wall - before;
    const first = wall - Math.max(before, after);
    const second = wall - Math.min(before, after);
    if (this.offsetAt(first) === wall - first) return first;
    return this.offsetAt(second) === wall - second ? second : wall - before;
  }

  #yearOf(year: number): ZoneYear {
    const known = this.#years.get(year);
    if (known) return known;
    const end = dayOf(year + 1, 1, 1) * DAY;
    let at = dayOf(year, 1, 1) * DAY;
    const changes: number[] = [];
    const offsets = [this.#ask(at)];
    while (at < end) {
      const next = Math.min(at + STEP, end - SECOND);
      const offset = this.#ask(next);
      if (offset !== offsets.at(-1)) {
        changes.push(this.#changeBetween(at, next));
        offsets.push(offset);
      }
      at = next === end - SECOND ? end : next;
    }
    const found = { changes, offsets };
    this.#years.set(year, found);
    return found;
  }

  /** The first second that has the offset of `until`. */
  #changeBetween(from: number, until: number): number {
    const offset = this.#ask(until);
    let [before, after] = [from, until];
    while (after - before > SECOND) {
      const middle = before + Math.floor((after - before) / 2 / SECOND) * SECOND;
      if (this.#ask(middle) === offset) after = middle;
      else before = middle;
    }
    return after;
  }

  #ask(at: number): number {
    const text = this.#format.format(at);
    const [, sign, hours, minutes, seconds = '0'] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(text) ?? [];
    if (sign === undefined) return 0;
    const offset = Number(hours) * HOUR + Number(minutes) * MINUTE + Number(seconds) * SECOND;
    return sign === '-' ? -offset : offset;
  }
}
