import type { Entry } from '../../entry/entry.ts';
import { LoadError, LoadOverloadError, LoadTimeoutError } from '../../errors.ts';
import type { KindCounters } from '../../telemetry/counters.ts';
import type { LoadResult } from '../../telemetry/events.ts';
import type { NamespaceTelemetry } from '../../telemetry/namespace-telemetry.ts';
import type { Clock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';
import type { EntryMaker } from '../kind/entry-maker.ts';
import type { KindPlan } from '../kind/kind-plan.ts';
import { Loaded, UNTOLD } from '../kind/loaded.ts';
import { answersOf, LoadCall, type Loader, type ManyLoader, manyContext, oneByOne } from '../kind/loader.ts';
import type { RefreshAhead } from '../kind/refresh.ts';
import type { Found } from '../store/found.ts';
import type { KindStore } from '../store/kind-store.ts';
import type { KindWriter } from '../store/kind-writer.ts';
import type { Backoff } from './backoff.ts';
import type { FleetLeases } from './fleet-leases.ts';
import type { Asking, Flight, Flights } from './flight.ts';
import { type Arrival, Intake } from './intake.ts';
import type { LoadGate } from './load-gate.ts';

/** What loads are run with. */
export interface LoadsParts<K, V> {
  readonly plan: KindPlan<K, V>;
  readonly store: KindStore<K, V>;
  readonly writer: KindWriter<K, V>;
  readonly maker: EntryMaker<K, V>;
  readonly flights: Flights<V>;
  readonly gate: LoadGate;
  readonly backoff: Backoff;
  readonly refresh: RefreshAhead;
  readonly clock: Clock;
  readonly counters: KindCounters;
  readonly telemetry: NamespaceTelemetry;
  readonly leases: FleetLeases<K, V>;
}

/** Runs the loads of one kind: in their turn, within their deadline, and lands their flights with what they bring. */
export class Loads<K, V> {
  readonly #plan: KindPlan<K, V>;
  readonly #store: KindStore<K, V>;
  readonly #intake: Intake<K, V>;
  readonly #maker: EntryMaker<K, V>;
  readonly #flights: Flights<V>;
  readonly #gate: LoadGate;
  readonly #backoff: Backoff;
  readonly #refresh: RefreshAhead;
  readonly #clock: Clock;
  readonly #counters: KindCounters;
  readonly #telemetry: NamespaceTelemetry;
  readonly #leases: FleetLeases<K, V>;

  constructor(parts: LoadsParts<K, V>) {
    this.#plan = parts.plan;
    this.#store = parts.store;
    this.#intake = new Intake(parts.maker, parts.writer, parts.counters);
    this.#maker = parts.maker;
    this.#flights = parts.flights;
    this.#gate = parts.gate;
    this.#backoff = parts.backoff;
    this.#refresh = parts.refresh;
    this.#clock = parts.clock;
    this.#counters = parts.counters;
    this.#telemetry = parts.telemetry;
    this.#leases = parts.leases;
  }

  /** Loads one key and lands its flight; settles when the flight is over, and never rejects. */
  async run(flight: Flight<V>, key: K, load: Loader<K, V>): Promise<void> {
    if (!this.#plan.isLeased || !this.#store.isShared) return this.#load(flight, key, load, this.#plan.deadlineMs);
    const begunAt = this.#clock.monotonic();
    const outcome = await this.#leases.settle(flight, begunAt + this.#plan.deadlineMs / 2);
    if (typeof outcome === 'object') return this.#found(flight, outcome.found);
    await this.#load(flight, key, load, this.#plan.deadlineMs - (this.#clock.monotonic() - begunAt));
    if (outcome === 'mine') this.#counters.leases += 1;
  }

  /** Another process has loaded it. */
  #found(flight: Flight<V>, found: Found<V>): void {
    if (flight.isOver) return;
    this.#counters.loadedElsewhere += 1;
    flight.land({ ...found, askedAt: found.entry.askedAt });
    this.#flights.end(flight);
  }

  /** There is news of a key from another process. */
  told(key: string): void {
    this.#leases.told(key);
  }

  #load(flight: Flight<V>, key: K, load: Loader<K, V>, deadlineMs: number): Promise<void> {
    return this.#inTurn([flight], flight.abort, deadlineMs, async (hasWaited) => {
      if (hasWaited) await this.#lookAgain([flight]);
      if (flight.isOver) return;
      const origin = { askedAt: this.#clock.monotonic(), version: this.#maker.version() };
      flight.asked = origin;
      const call = new LoadCall(key, flight.abort.signal, flight.standIn, this.#plan.isolate.hand);
      const answer = await load(call);
      if (flight.isOver) return;
      this.#refresh.observe(this.#clock.monotonic() - origin.askedAt);
      this.#receive([{ key, flight, value: valueIn(answer), told: call.told(answer) }], origin);
    });
  }

  /** Loads many keys in one call, and lands each flight with its own answer. */
  async runMany(flights: ReadonlyMap<K, Flight<V>>, load: ManyLoader<K, V>): Promise<void> {
    if (!this.#plan.isLeased || !this.#store.isShared) return this.#loadMany(flights, load);
    const until = this.#clock.monotonic() + this.#plan.deadlineMs / 2;
    const outcomes = await this.#leases.settleMany([...flights.values()], until);
    const own = new Map<K, Flight<V>>();
    for (const [key, flight] of flights) {
      const outcome = outcomes.get(flight) ?? 'without';
      if (typeof outcome === 'object') this.#found(flight, outcome.found);
      else if (outcome === 'theirs') void this.run(flight, key, oneByOne(load));
      else own.set(key, flight);
      if (outcome === 'mine') this.#counters.leases += 1;
    }
    if (own.size > 0) await this.#loadMany(own, load);
  }

  #loadMany(flights: ReadonlyMap<K, Flight<V>>, load: ManyLoader<K, V>): Promise<void> {
    const abort = new AbortController();
    const all = [...flights.values()];
    for (const { abort: one } of all) one.signal.addEventListener('abort', () => abort.abort(one.signal.reason), { once: true });
    return this.#inTurn(all, abort, this.#plan.deadlineMs, async (hasWaited) => {
      if (hasWaited) await this.#lookAgain(all);
      const wanted = [...flights].filter(([, flight]) => !flight.isOver);
      if (wanted.length === 0) return;
      const origin = { askedAt: this.#clock.monotonic(), version: this.#maker.version() };
      const stale = new Map<K, V>();
      for (const [key, flight] of wanted) {
        const { standIn } = flight;
        flight.asked = origin;
        if (standIn && !standIn.isNegative) stale.set(key, this.#plan.isolate.hand(standIn.value as V));
      }
      const values = await load(
        wanted.map(([key]) => key),
        manyContext(abort.signal, stale),
      );
      this.#refresh.observe(this.#clock.monotonic() - origin.askedAt);

      const answerOf = answersOf<K, V>(values);
      const arrivals: Arrival<K, V>[] = [];
      for (const [key, flight] of wanted) {
        if (flight.isOver) continue;
        const answer = answerOf(key, flight.key);
        if (answer instanceof Error) this.#failed(flight, answer);
        else arrivals.push({ key, flight, value: valueIn(answer), told: answer instanceof Loaded ? answer.told : UNTOLD });
      }
      this.#receive(arrivals, origin);
    });
  }

  #receive(arrivals: readonly Arrival<K, V>[], asked: Asking): void {
    for (const reception of this.#intake.receive(arrivals, asked)) {
      if ('error' in reception) this.#failed(reception.flight, reception.error);
      else this.#landed(reception.flight, reception.there, reception.entry, reception.isModified ? 'loaded' : 'not-modified');
    }
  }

  /**
   * Who waited for a turn looks again whether another process has brought the value: a
   * source with a queue before it is asked for nothing that is there, or its
   * queue would feed itself.
   */
  async #lookAgain(flights: readonly Flight<V>[]): Promise<void> {
    const brought = this.#store.isShared ? await this.#leases.look(flights) : new Map<Flight<V>, Found<V>>();
    for (const [flight, found] of brought) this.#found(flight, found);
  }

  /** Takes a turn at the gate, within the deadline, and sees to it that every flight ends. */
  async #inTurn(
    flights: readonly Flight<V>[],
    abort: AbortController,
    deadlineMs: number,
    action: (hasWaited: boolean) => Promise<void>,
  ): Promise<void> {
    let isInside = false;
    const leave = (): void => {
      if (isInside) this.#gate.leave();
      isInside = false;
    };
    // A blocked event loop rings before it delivers what came meanwhile, so that is let through first.
    const ring = (): void => afterTurns(2, judge);
    const judge = (): void => {
      if (flights.every((flight) => flight.isOver)) return;
      abort.abort(new LoadTimeoutError(flights.map(({ key }) => key).join(', '), this.#plan.deadlineMs));
      for (const flight of flights) {
        if (!flight.isOver) this.#timedOut(flight);
      }
    };
    const cancel = this.#clock.after(deadlineMs, ring, true);
    const end = (): void => {
      cancel();
      leave();
    };
    abort.signal.addEventListener('abort', end, { once: true });
    try {
      const turn = this.#gate.enter();
      if (turn !== undefined) {
        const queuedAt = this.#clock.monotonic();
        for (const flight of flights) flight.queuedAt = queuedAt;
        await turn;
      }
      isInside = true;
      if (flights.some((flight) => !flight.isOver)) await action(turn !== undefined);
    } catch (error) {
      for (const flight of flights) {
        if (!flight.isOver) this.#failed(flight, error);
      }
    } finally {
      end();
    }
  }

  #landed(flight: Flight<V>, there: Entry<V>, loaded: Entry<V>, result: LoadResult): void {
    const now = this.#clock.monotonic();
    const tookMs = now - loaded.askedAt;
    this.#counters.loads += 1;
    this.#counters.loadMs += tookMs;
    // A source that answers with something older than what is known is behind: it is left alone for a while.
    if (there.eventAt !== undefined && loaded.eventAt !== undefined && there.eventAt > loaded.eventAt)
      this.#backoff.failed(flight.key, now);
    else this.#backoff.succeeded(flight.key);
    flight.land({ entry: there, askedAt: loaded.askedAt, tier: undefined });
    this.#flights.end(flight);
    this.#tell(flight, loaded.isNegative ? 'negative' : result, now);
  }

  #failed(flight: Flight<V>, cause: unknown): void {
    const error = isOverload(cause) ? cause : new LoadError(this.#fullKey(flight), { cause });
    this.#counters.loadErrors += 1;
    this.#over(flight, error, 'failed', cause);
  }

  #timedOut(flight: Flight<V>): void {
    const error = new LoadTimeoutError(this.#fullKey(flight), this.#plan.deadlineMs);
    this.#counters.loadTimeouts += 1;
    this.#over(flight, error, 'timeout', error);
  }

  #over(flight: Flight<V>, error: Error, result: LoadResult, told: unknown): void {
    const now = this.#clock.monotonic();
    this.#backoff.failed(flight.key, now);
    flight.fail(error);
    this.#flights.end(flight);
    this.#tell(flight, result, now, told);
  }

  #fullKey(flight: Flight<V>): string {
    return this.#plan.name === '' ? flight.key : `${this.#plan.name}:${flight.key}`;
  }

  #tell({ key, queuedAt, asked }: Flight<V>, result: LoadResult, now: number, error?: unknown): void {
    if (!this.#telemetry.wants('load')) return;
    const { cache, namespace } = this.#telemetry;
    const askedAt = asked?.askedAt ?? now;
    const queuedMs = queuedAt === undefined ? 0 : askedAt - queuedAt;
    const event = { cache, namespace, kind: this.#plan.name, key, result, queuedMs, durationMs: now - askedAt };
    this.#telemetry.tell('load', error === undefined ? event : { ...event, error });
  }
}

function valueIn<V>(answer: V | Loaded<V | undefined> | undefined): V | undefined {
  return answer instanceof Loaded ? answer.value : answer;
}

/** Whatever was thrown may throw again when it is looked at. */
function isOverload(cause: unknown): cause is LoadOverloadError {
  try {
    return cause instanceof LoadOverloadError;
  } catch {
    return false;
  }
}
