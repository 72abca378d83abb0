import type { Entry } from '../../entry/entry.ts';
import { compareVersions, type Version } from '../../entry/version.ts';
import type { Cancel, Clock } from '../../time/clock.ts';

/** When a source was asked, monotonic, and the version that what it brings will have. */
export interface Asking {
  readonly askedAt: number;
  readonly version: Version;
}

/** How a flight ended well: with an entry that was loaded, or found in a remote tier. */
export interface Landing<V> {
  readonly entry: Entry<V>;
  /** When the source was asked: later than the entry says, where the source had nothing newer. */
  readonly askedAt: number;
  /** The remote tier it was found in; `undefined` when it was loaded. */
  readonly tier: string | undefined;
}

/**
 * One key's way to a fresh value: a look into the remote tiers, then a load.
 * All who want the key wait for the same flight.
 */
export class Flight<V> {
  readonly key: string;
  /** When it began, monotonic. */
  readonly begunAt: number;
  /** How many tag marks had been made when it began. */
  readonly marksSeen: number;
  readonly landed: Promise<Landing<V>>;
  readonly abort: AbortController = new AbortController();
  /** Cut flights still land for those aboard, but nothing is stored and nobody boards. */
  isCut = false;
  /** When it had to wait for its turn to ask, monotonic. */
  queuedAt: number | undefined;
  /** `undefined` until its source is asked. */
  asked: Asking | undefined;
  isOver = false;
  /** A stale entry to stand in, should the load fail: the reader's own, or one a remote tier had. */
  standIn: Entry<V> | undefined;

  readonly #clock: Clock;
  readonly #resolve: (landing: Landing<V>) => void;
  readonly #reject: (error: unknown) => void;
  #soft: Promise<undefined> | undefined;
  #cancelSoft: Cancel | undefined;

  constructor(key: string, clock: Clock, standIn: Entry<V> | undefined, marksSeen: number) {
    const { promise, resolve, reject } = Promise.withResolvers<Landing<V>>();
    this.key = key;
    this.#clock = clock;
    this.begunAt = clock.monotonic();
    this.standIn = standIn;
    this.marksSeen = marksSeen;
    this.landed = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    promise.catch(() => {});
  }

  land(landing: Landing<V>): void {
    this.#end();
    this.#resolve(landing);
  }

  fail(error: unknown): void {
    this.#end();
    this.#reject(error);
  }

  /** Resolves, with nothing, `delayMs` after the flight began: one timer, however many wait. */
  patience(delayMs: number): Promise<undefined> {
    this.#soft ??= new Promise((resolve) => {
      const leftMs = delayMs - (this.#clock.monotonic() - this.begunAt);
      if (leftMs <= 0) resolve(undefined);
      else this.#cancelSoft = this.#clock.after(leftMs, () => resolve(undefined), true);
    });
    return this.#soft;
  }

  #end(): void {
    this.isOver = true;
    this.#cancelSoft?.();
  }
}

/** The flights of one kind that are under way, at most one for a key that anybody may board. */
export class Flights<V> {
  readonly #boarding = new Map<string, Flight<V>>();
  readonly #all = new Set<Flight<V>>();
  #ended: Error | undefined;

  get size(): number {
    return this.#all.size;
  }

  /** The flight to board for `key`. */
  get(key: string): Flight<V> | undefined {
    return this.#boarding.get(key);
  }

  /** Lets a flight begin; once all were aborted it fails at once. */
  begin(flight: Flight<V>): void {
    if (this.#ended) {
      flight.abort.abort(this.#ended);
      flight.fail(this.#ended);
      return;
    }
    this.#boarding.set(flight.key, flight);
    this.#all.add(flight);
  }

  end(flight: Flight<V>): void {
    this.#all.delete(flight);
    if (this.#boarding.get(flight.key) === flight) this.#boarding.delete(flight.key);
  }

  /** Fences the flight for `key`: what it brings is older than what has just happened. */
  cut(key: string): void {
    const flight = this.#boarding.get(key);
    if (!flight) return;
    flight.isCut = true;
    this.#boarding.delete(key);
  }

  /** Fences the flight for `key` if its source was asked no later than `version`; what is yet to ask will be newer. */
  cutOlder(key: string, version: Version): void {
    const flight = this.#boarding.get(key);
    if (!flight) return;
    if (flight.asked === undefined) flight.standIn = undefined;
    else if (compareVersions(flight.asked.version, version) <= 0) this.cut(key);
  }

  /** Fences every flight whose key is among `matches` and whose source was asked already; what is yet to ask will be newer. */
  cutWhere(matches: (key: string) => boolean): void {
    for (const [key, flight] of [...this.#boarding]) {
      if (!matches(key)) continue;
      // What could have stood in for it is what must go.
      if (flight.asked === undefined) flight.standIn = undefined;
      else this.cut(key);
    }
  }

  /** Aborts all, and all that are yet to begin: nobody will want what they bring. */
  abortAll(reason: Error): void {
    this.#ended = reason;
    for (const flight of [...this.#all]) {
      flight.isCut = true;
      flight.abort.abort(reason);
      flight.fail(reason);
      this.end(flight);
    }
  }
}
