import type { Entry } from '../../entry/entry.ts';
import { CacheError, LoadError } from '../../errors.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
import { type Answer, chain } from '../../tiers/answer.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import { type ManyLoader, oneByOne } from '../kind/loader.ts';
import type { Flight, Flights } from '../loading/flight.ts';
import type { Loads } from '../loading/loads.ts';
import type { Found } from '../store/found.ts';
import type { KindStore } from '../store/kind-store.ts';
import type { Demand } from './freshness.ts';
import { fresher, orAborted, type ReadThrough } from './read-through.ts';
import type { Reading } from './reading.ts';

/** What became of one key of many. */
export type ManyResult<V> = { readonly reading: Reading<V> | undefined } | { readonly error: unknown };

/**
 * Answers reads of many keys of one kind: one trip to each remote tier, one call
 * of the loader for what is missing everywhere, split to the size it takes. A key
 * that another read is loading already is waited for, not loaded again.
 */
export class ReadMany<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #store: KindStore<K, V>;
  readonly #flights: Flights<V>;
  readonly #loads: Loads<K, V>;
  readonly #one: ReadThrough<K, V>;
  readonly #counters: KindCounters;

  constructor(
    plan: KindPlan<K, V>,
    store: KindStore<K, V>,
    flights: Flights<V>,
    loads: Loads<K, V>,
    one: ReadThrough<K, V>,
    counters: KindCounters,
  ) {
    this.#plan = plan;
    this.#store = store;
    this.#flights = flights;
    this.#loads = loads;
    this.#one = one;
    this.#counters = counters;
  }

  /** The answers for keys, by their texts, without a load: fresh, or stale where the reader allows it. Counts each request. */
  find(keys: ReadonlyMap<string, K>, demand: Demand): Answer<Map<string, ManyResult<V>>> {
    const results = new Map<string, ManyResult<V>>();
    const missing = this.#fromMemory(keys, demand, results);
    return chain(this.#store.searchMany(missing), (found) => {
      for (const text of missing) {
        results.set(
          text,
          attempt(() => this.#fromTier(text, found, demand) ?? this.#one.standIn(this.#best(text, found), demand)),
        );
      }
      return results;
    });
  }

  /** The answers for keys, by their texts, loading what is missing. Counts each request. */
  async read(keys: ReadonlyMap<string, K>, load: ManyLoader<K, V>, demand: Demand): Promise<Map<string, ManyResult<V>>> {
    const results = new Map<string, ManyResult<V>>();
    const alone = oneByOne(load);
    const missing = this.#fromMemory(keys, demand, results);
    const toLoad = new Map<K, Flight<V>>();
    for (const [text, key] of keys) {
      const held = results.has(text) ? this.#store.held(text) : undefined;
      if (held && this.#one.isDue(held)) this.#enlist(toLoad, key, this.#one.board(text, held), load);
    }

    if (toLoad.size > 0) this.#load(toLoad, load);

    const toSearch = missing.filter((text) => !this.#flights.get(text));
    const found = await orAborted(Promise.resolve(this.#store.searchMany(toSearch)), demand.signal).catch((error: unknown) => {
      this.#counters.errors += missing.length;
      throw error;
    });
    const waiting: [string, Promise<Reading<V>>][] = [];
    for (const text of missing) {
      const key = keys.get(text) as K;
      const held = this.#store.held(text);
      const reading = this.#fromTier(text, found, demand) ?? (held && this.#one.fromMemory(key, held, undefined, demand));
      if (reading) {
        results.set(text, { reading });
        continue;
      }
      const best = this.#best(text, found);
      let flight = this.#flights.get(text);
      if (flight) {
        this.#counters.joined += 1;
      } else {
        flight = this.#one.board(text, best);
        this.#enlist(toLoad, key, flight, load);
      }
      waiting.push([text, this.#one.wait(flight, key, alone, demand, best)]);
    }
    if (toLoad.size > 0) this.#load(toLoad, load);

    const settled = await Promise.allSettled(waiting.map(([, reading]) => reading));
    for (const [at, [text]] of waiting.entries()) {
      const result = settled[at];
      results.set(text, result?.status === 'fulfilled' ? { reading: result.value } : { error: result?.reason });
    }
    return results;
  }

  /** Answers from memory what it can; returns the texts of the rest. */
  #fromMemory(keys: ReadonlyMap<string, K>, demand: Demand, results: Map<string, ManyResult<V>>): string[] {
    const missing: string[] = [];
    for (const [text, key] of keys) {
      const held = this.#store.held(text);
      const reading = held && this.#one.fromMemory(key, held, undefined, demand);
      if (reading) results.set(text, { reading });
      else missing.push(text);
    }
    return missing;
  }

  #fromTier(text: string, found: ReadonlyMap<string, Found<V>>, demand: Demand): Reading<V> | undefined {
    const there = found.get(text);
    return there && this.#one.fromTier(there, demand);
  }

  #best(text: string, found: ReadonlyMap<string, Found<V>>): Entry<V> | undefined {
    return fresher(this.#store.held(text), found.get(text)?.entry);
  }

  /** Adds a flight to a call of the many-loader, and lets the call go when it is full. */
  #enlist(toLoad: Map<K, Flight<V>>, key: K, flight: Flight<V>, load: ManyLoader<K, V>): void {
    toLoad.set(key, flight);
    if (toLoad.size === this.#plan.batchSize) this.#load(toLoad, load);
  }

  #load(flights: Map<K, Flight<V>>, load: ManyLoader<K, V>): void {
    void this.#loads.runMany(new Map(flights), load);
    flights.clear();
  }
}

function attempt<V>(read: () => Reading<V> | undefined): ManyResult<V> {
  try {
    return { reading: read() };
  } catch (error) {
    return { error };
  }
}

/** The error of one key, as a typed one. */
export function typedError(key: string, error: unknown): CacheError {
  return error instanceof CacheError ? error : new LoadError(key, { cause: error });
}
