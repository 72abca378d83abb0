import type { Entry } from '../../entry/entry.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
import type { EntryMaker } from '../kind/entry-maker.ts';
import type { Told } from '../kind/loaded.ts';
import type { KindWriter } from '../store/kind-writer.ts';
import type { Asking, Flight } from './flight.ts';

/** What a source brought for one key. */
export interface Arrival<K, V> {
  readonly key: K;
  readonly flight: Flight<V>;
  /** `undefined`: the source has nothing. */
  readonly value: V | undefined;
  readonly told: Told;
}

/** What was made of an arrival. */
interface Made<V> {
  readonly flight: Flight<V>;
  readonly entry: Entry<V>;
  readonly isKept: boolean;
  readonly isModified: boolean;
}

/** Nothing could be made of it. */
interface Failed<V> {
  readonly flight: Flight<V>;
  readonly error: unknown;
}

/** What became of an arrival: the entry that was made of it and the one that is there now, or why there is none. */
export type Reception<V> = (Made<V> & { readonly there: Entry<V> }) | Failed<V>;

/** Takes in what a source brings: makes entries of it, and stores those that may be kept. */
export class Intake<K, V> {
  readonly #maker: EntryMaker<K, V>;
  readonly #writer: KindWriter<K, V>;
  readonly #counters: KindCounters;

  constructor(maker: EntryMaker<K, V>, writer: KindWriter<K, V>, counters: KindCounters) {
    this.#maker = maker;
    this.#writer = writer;
    this.#counters = counters;
  }

  /** All that came of one asking, in one trip to each tier. What fails for one key fails for no other. */
  receive(arrivals: readonly Arrival<K, V>[], asked: Asking): Reception<V>[] {
    const made = arrivals.map((arrival) => this.#made(arrival, asked));
    const toStore = made.filter((reception): reception is Made<V> => 'entry' in reception && reception.isKept);
    const there = this.#writer.storeMany(toStore.map(({ entry }) => entry));
    const thereNow = new Map(toStore.map(({ entry }, at) => [entry, there[at]]));
    return made.map((reception) =>
      'error' in reception ? reception : { ...reception, there: thereNow.get(reception.entry) ?? reception.entry },
    );
  }

  #made({ key, flight, value, told }: Arrival<K, V>, asked: Asking): Made<V> | Failed<V> {
    try {
      const entry = this.#entryOf(key, flight, value, { ...told, ...asked });
      const isKept = told.isKept && !flight.isCut;
      if (!isKept) this.#counters.fenced += 1;
      return { flight, entry, isKept, isModified: told.isModified };
    } catch (error) {
      return { flight, error };
    }
  }

  #entryOf(key: K, { key: text, standIn }: Flight<V>, value: V | undefined, told: Told & Asking): Entry<V> {
    if (told.isModified || !standIn) return this.#maker.make(key, text, value, told);
    return this.#maker.renewed(key, standIn, { ...told, source: told.source ?? standIn.source });
  }
}
