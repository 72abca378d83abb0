import { type Entry, isAlive, isFresh } from '../../entry/entry.ts';
import { CacheError, LoadError, NotFreshError } from '../../errors.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
import type { Clock } from '../../time/clock.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import type { Loader } from '../kind/loader.ts';
import type { RefreshAhead } from '../kind/refresh.ts';
import type { Backoff } from '../loading/backoff.ts';
import { Flight, type Flights } from '../loading/flight.ts';
import type { Loads } from '../loading/loads.ts';
import type { Found } from '../store/found.ts';
import type { KindStore } from '../store/kind-store.ts';
import { type Demand, isRecentEnough, mayStandIn } from './freshness.ts';
import type { Reading } from './reading.ts';

/** After so many flights overtaken by a tag's mark a reader takes what landed: marks that never stop must not hold it for ever. */
const MAX_FLIGHTS = 3;

/** What reads are answered with. */
export interface ReadParts<K, V> {
  readonly plan: KindPlan<K, V>;
  readonly store: KindStore<K, V>;
  readonly flights: Flights<V>;
  readonly loads: Loads<K, V>;
  readonly backoff: Backoff;
  readonly refresh: RefreshAhead;
  readonly clock: Clock;
  readonly counters: KindCounters;
}

/**
 * Answers reads of one kind: a fresh entry if a tier has one, else what the
 * load brings, else the stale entry for as long as its grace lasts.
 */
export class ReadThrough<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #store: KindStore<K, V>;
  readonly #flights: Flights<V>;
  readonly #loads: Loads<K, V>;
  readonly #backoff: Backoff;
  readonly #refresh: RefreshAhead;
  readonly #clock: Clock;
  readonly #counters: KindCounters;

  constructor(parts: ReadParts<K, V>) {
    this.#plan = parts.plan;
    this.#store = parts.store;
    this.#flights = parts.flights;
    this.#loads = parts.loads;
    this.#backoff = parts.backoff;
    this.#refresh = parts.refresh;
    this.#clock = parts.clock;
    this.#counters = parts.counters;
  }

  /** The answer for `key`, loading if need be. Counts the request. */
  read(key: K, text: string, load: Loader<K, V>, demand: Demand): Promise<Reading<V>> {
    const held = this.#store.held(text);
    const known = held && this.fromMemory(key, held, load, demand);
    if (known) return Promise.resolve(known);
    if (demand.signal?.aborted) return this.#refused(demand.signal.reason);

    const found = this.#flights.get(text) ? undefined : this.#store.search(text);
    if (found instanceof Promise) return this.#searched(found, key, text, load, demand);
    const reading = found && this.fromTier(found, demand);
    return reading ? Promise.resolve(reading) : this.#join(key, text, load, demand, fresher(held, found?.entry));
  }

  async #searched(search: Promise<Found<V> | undefined>, key: K, text: string, load: Loader<K, V>, demand: Demand): Promise<Reading<V>> {
    let found: Found<V> | undefined;
    try {
      found = demand.signal === undefined ? await search : await orAborted(search, demand.signal);
    } catch (error) {
      return this.#refused(error);
    }
    const reading = found && this.fromTier(found, demand);
    if (reading) return reading;
    // Another may have written or loaded it meanwhile.
    const held = this.#store.held(text);
    return (held && this.fromMemory(key, held, load, demand)) ?? this.#join(key, text, load, demand, fresher(held, found?.entry));
  }

  /** Boards the flight for `text` that is under way, or a new one. */
  #join(key: K, text: string, load: Loader<K, V>, demand: Demand, best: Entry<V> | undefined): Promise<Reading<V>> {
    let flight = this.#flights.get(text);
    if (flight) {
      this.#counters.joined += 1;
    } else {
      flight = this.board(text, best);
      void this.#loads.run(flight, key, load);
    }
    return this.wait(flight, key, load, demand, best);
  }

  /** The answer, if memory's entry will do: it is fresh, or stale while its source is left alone. Counts the request. */
  fromMemory(key: K, held: Entry<V>, load: Loader<K, V> | undefined, demand: Demand): Reading<V> | undefined {
    const now = this.#clock.monotonic();
    if (isFresh(held, now) && isRecentEnough(held, demand)) {
      this.#store.touch(held.key);
      if (load && this.isDue(held)) void this.#loads.run(this.board(held.key, held), key, load);
      return this.#counted(held, 'hit', 'memory');
    }
    const isLeftAlone = this.#backoff.isWaiting(held.key, now) && mayStandIn(held, demand, now);
    return isLeftAlone ? this.#counted(held, 'stale', 'memory') : undefined;
  }

  /** Whether a fresh entry should be loaded again behind its readers, now. Who asks does it. */
  isDue(held: Entry<V>): boolean {
    const now = this.#clock.monotonic();
    const isDue =
      isFresh(held, now) && this.#refresh.isDue(held, now) && !this.#flights.get(held.key) && !this.#backoff.isWaiting(held.key, now);
    if (isDue) this.#counters.refreshesAhead += 1;
    return isDue;
  }

  /** The answer, if what a remote tier has will do. Counts the request. */
  fromTier(found: Found<V>, demand: Demand): Reading<V> | undefined {
    const { entry, tier } = found;
    const isAnswer = isFresh(entry, this.#clock.monotonic()) && isRecentEnough(entry, demand);
    return isAnswer ? this.#counted(entry, 'hit', tier) : undefined;
  }

  /** What a reader gets of the best entry there is, when it is not what was asked for. Counts the request. */
  standIn(best: Entry<V> | undefined, demand: Demand): Reading<V> | undefined {
    const now = this.#clock.monotonic();
    if (best && mayStandIn(best, demand, now)) return this.#counted(best, 'stale', 'memory');
    if (best && !best.isNegative && isAlive(best, now) && !isRecentEnough(best, demand)) {
      this.#counters.errors += 1;
      throw this.#tooOld(best, demand);
    }
    this.#counters.misses += 1;
    return undefined;
  }

  /** Counts a request as answered, and makes its answer. */
  #counted(entry: Entry<V>, outcome: Reading<V>['outcome'], tier: string): Reading<V> {
    const counters = this.#counters;
    if (outcome === 'hit') {
      counters.hits += 1;
      if (tier !== 'memory') counters.remoteHits += 1;
      if (entry.isNegative) counters.negativeHits += 1;
    } else if (outcome === 'stale') {
      counters.stale += 1;
    } else {
      counters.misses += 1;
      if (outcome === 'refreshed') counters.refreshed += 1;
    }
    return { entry, outcome, tier };
  }

  /** Begins the flight that all who want `text` will board. */
  board(text: string, standIn: Entry<V> | undefined): Flight<V> {
    const flight = new Flight<V>(text, this.#clock, standIn, this.#store.marksSeen);
    this.#flights.begin(flight);
    return flight;
  }

  /** Waits for a flight, as long as this reader's demand lets it; for one more, when it boarded one that had begun too early for it. */
  async wait(first: Flight<V>, key: K, load: Loader<K, V>, demand: Demand, held: Entry<V> | undefined): Promise<Reading<V>> {
    const { marksSeen } = this.#store;
    let flight = first;
    for (let flights = 1; ; flights += 1) {
      const reading = await this.#aboard(flight, demand, held, marksSeen, flights >= MAX_FLIGHTS);
      if (reading) return reading;
      const { entry } = await flight.landed;
      const next = this.#flights.get(flight.key);
      if (next) {
        flight = next;
      } else {
        // What has just landed is no answer to the next flight, or other processes' loads would send the reader round for ever.
        flight = this.board(flight.key, fresher(held, this.#store.judged(entry)));
        void this.#loads.run(flight, key, load);
      }
    }
  }

  /**
   * Waits for one flight; `undefined` when it landed with less than the reader
   * demands, or with what a tag had removed before the reader came. On the
   * last flight a tag's mark no longer sends it on; a load that was asked for
   * too early always does, as the one after it cannot be.
   */
  async #aboard(
    flight: Flight<V>,
    demand: Demand,
    held: Entry<V> | undefined,
    marksSeen: number,
    isLast: boolean,
  ): Promise<Reading<V> | undefined> {
    const standIn = (): Entry<V> | undefined => {
      const best = fresher(held, flight.standIn);
      return best && this.#store.judged(best);
    };
    const instead = (): Reading<V> | undefined => {
      const entry = standIn();
      const now = this.#clock.monotonic();
      if (!entry || !mayStandIn(entry, { ...demand, allowStale: demand.allowStale || isFresh(entry, now) }, now)) return undefined;
      return this.#counted(entry, isFresh(entry, now) ? 'hit' : 'stale', 'memory');
    };
    try {
      const entry = standIn();
      if (entry && !flight.isOver && mayStandIn(entry, demand, this.#clock.monotonic())) {
        const landing = await orAborted(Promise.race([flight.landed, flight.patience(this.#plan.softDeadlineMs)]), demand.signal);
        const reading = landing ? undefined : instead();
        if (reading) return reading;
      }
      const landing = await orAborted(flight.landed, demand.signal);
      const isOvertaken = flight.marksSeen !== marksSeen && this.#store.isMarked(landing.entry);
      if ((isOvertaken && !isLast) || landing.askedAt < demand.notBefore) return undefined;
      if (landing.tier !== undefined) return this.#counted(landing.entry, 'hit', landing.tier);
      return this.#counted(landing.entry, flight.standIn ? 'refreshed' : 'miss', 'source');
    } catch (error) {
      if (demand.signal?.aborted) return this.#refused(demand.signal.reason);
      return instead() ?? this.#refused(this.#refusal(error, standIn(), demand));
    }
  }

  /** A value there is that the reader will not take is said so; else the load's own error stands. */
  #refusal(error: unknown, held: Entry<V> | undefined, demand: Demand): unknown {
    const now = this.#clock.monotonic();
    if (!held || held.isNegative || !isAlive(held, now) || !(error instanceof CacheError)) return error;
    return this.#tooOld(held, demand, error instanceof LoadError ? error.cause : error);
  }

  #tooOld(entry: Entry<V>, demand: Demand, cause?: unknown): NotFreshError {
    const key = this.#plan.name === '' ? entry.key : `${this.#plan.name}:${entry.key}`;
    return new NotFreshError(key, this.#clock.monotonic() - entry.askedAt, demand.words, cause === undefined ? {} : { cause });
  }

  #refused(error: unknown): Promise<never> {
    this.#counters.errors += 1;
    return Promise.reject(error);
  }
}

/** The entry that was asked for later, of those there are. */
export function fresher<V>(a: Entry<V> | undefined, b: Entry<V> | undefined): Entry<V> | undefined {
  if (!a || !b) return a ?? b;
  return b.askedAt > a.askedAt ? b : a;
}

/** The promise, or the signal's reason as soon as it is aborted. */
export function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  if (signal.aborted) return Promise.reject(signal.reason);
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
