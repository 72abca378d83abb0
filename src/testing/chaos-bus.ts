import type { Bus, BusListener, BusMark, Reach } from '../bus/bus.ts';
import { SafeListener } from '../bus/safe-listener.ts';
import { BusError, ClosedError } from '../errors.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { FaultOrders, type FaultShare } from './fault-orders.ts';
import { type Arrival, RoughPassage } from './rough-passage.ts';
import { seeded } from './seeded.ts';

/** A call of a bus. */
export type BusCall = 'publish' | 'beat' | 'mark' | 'replay';

/** Which arrivals a fault befalls, counted from when it was ordered. */
export interface ArrivalScope extends FaultShare {
  /** @default messages */
  readonly of?: readonly Arrival[];
}

/** Which calls a fault befalls, counted from when it was ordered. */
export interface CallScope extends FaultShare {
  /** @default every call */
  readonly calls?: readonly BusCall[];
}

/** How publishing fails. */
export interface PublishFault extends FaultShare {
  /** Whether the bus has taken the message all the same. @default 'not-taken' */
  readonly after?: 'taken' | 'not-taken';
}

/** What a chaos bus is made of. */
export interface ChaosBusOptions {
  /** @default systemClock */
  readonly clock?: Clock;
  /** What chance does is the same for a seed. @default 1 */
  readonly seed?: number;
  /** So long a call waits for its answer while the bus is cut off in silence. @default 1_000 */
  readonly deadlineMs?: number;
}

type CallEffect = { readonly kind: 'fail'; readonly isTaken: boolean } | { readonly kind: 'hang' };

/**
 * A bus whose faults are made to order, for tests of what listens to it.
 *
 * Faults befall what arrives live and what is called. A replay tells everything
 * as the log has it, and while one is under way so does whatever arrives; only
 * a cut stops that, too.
 *
 * @example
 * const hub = new BusHub();
 * const chaos = new ChaosBus(inProcessBus({ hub }), { clock, seed: 7 });
 * const cache = createCache({ clock, bus: chaos });
 * chaos.drop({ share: 0.1, times: Infinity });  // every tenth message is lost
 * chaos.failPublish({ after: 'taken' });        // the next one is sent, and seems not to be
 * chaos.cut();                                  // nothing comes and nothing goes
 * chaos.heal();                                 // all goes on, and as it should
 */
export class ChaosBus implements Bus {
  readonly name: string;
  readonly reach: Reach;
  readonly maxMessageBytes: number;
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #passage: RoughPassage;
  readonly #faults: FaultOrders<BusCall, CallEffect>;
  readonly #waiting = new Set<() => void>();
  #listener: SafeListener | undefined;
  #cut: 'none' | 'told' | 'silent' = 'none';
  /** Counts the cuts: an answer that comes after one is lost. */
  #cuts = 0;
  #replays = 0;
  /** How the bus within stands, whatever the listener was told. */
  #isConnected = false;
  #isClosed = false;

  constructor(bus: Bus, options: ChaosBusOptions = {}) {
    const random = seeded(options.seed ?? 1);
    this.name = bus.name;
    this.reach = bus.reach;
    this.maxMessageBytes = bus.maxMessageBytes;
    this.#bus = bus;
    this.#clock = options.clock ?? systemClock;
    this.#deadlineMs = options.deadlineMs ?? 1_000;
    this.#passage = new RoughPassage((arrival, bytes) => this.#tell(arrival, bytes), this.#clock, random);
    this.#faults = new FaultOrders(random);
  }

  /** Nothing comes and nothing goes, until {@link heal}; what is on its way is lost. In silence nobody is told, and calls wait for their deadline. */
  cut({ silent = false }: { readonly silent?: boolean } = {}): void {
    this.#cut = silent ? 'silent' : 'told';
    this.#cuts += 1;
    this.#passage.lose();
    if (!silent && this.#listener?.isConnected) this.#listener.disconnected('a cut made to order');
  }

  /** Arrivals are lost. */
  drop({ of = ['message'], ...share }: ArrivalScope = {}): void {
    this.#passage.order({ kind: 'drop' }, of, share);
  }

  /** Arrivals are told twice. */
  duplicate({ of = ['message'], ...share }: ArrivalScope = {}): void {
    this.#passage.order({ kind: 'duplicate' }, of, share);
  }

  /** Arrivals are held back until a few others went first, or {@link heal}. */
  reorder({ of = ['message'], ...share }: ArrivalScope = {}): void {
    this.#passage.order({ kind: 'reorder' }, of, share);
  }

  /** Arrivals have one bit the wrong way. */
  corrupt({ of = ['message'], ...share }: ArrivalScope = {}): void {
    this.#passage.order({ kind: 'corrupt' }, of, share);
  }

  /** Arrivals are told only after `ms`. */
  delay(ms: number, { of = ['message'], ...share }: ArrivalScope = {}): void {
    this.#passage.order({ kind: 'delay', ms }, of, share);
  }

  /** Publishing fails. */
  failPublish({ after = 'not-taken', ...share }: PublishFault = {}): void {
    this.#faults.order({ kind: 'fail', isTaken: after === 'taken' }, ['publish'], share);
  }

  /** Calls do nothing and end in no way, until {@link heal}: what no bus should do. */
  hang({ calls, ...share }: CallScope = {}): void {
    this.#faults.order({ kind: 'hang' }, calls, share);
  }

  /** Ends all faults; hanging calls begin. */
  heal(): void {
    this.#cut = 'none';
    this.#faults.clear();
    this.#passage.smooth();
    this.#endWaits();
    if (this.#isConnected === this.#listener?.isConnected) return;
    if (this.#isConnected) this.#listener?.connected();
    else this.#listener?.disconnected('lost while it was cut off in silence');
  }

  /** How many calls were made, befallen or not. */
  count(call: BusCall): number {
    return this.#faults.count(call);
  }

  listen(listener: BusListener): void {
    if (this.#isClosed) throw new ClosedError();
    const own = new SafeListener(this.name, listener);
    this.#listener = own;
    this.#bus.listen({
      connected: () => {
        this.#isConnected = true;
        if (this.#cut === 'none') own.connected();
      },
      disconnected: (reason) => {
        this.#isConnected = false;
        if (this.#cut === 'none') own.disconnected(reason);
      },
      message: (bytes) => this.#arrive('message', bytes),
      beat: (bytes) => this.#arrive('beat', bytes),
    });
  }

  publish(message: Uint8Array): Promise<void> {
    return this.#call('publish', () => this.#bus.publish(message));
  }

  beat(beat: Uint8Array): Promise<void> {
    return this.#call('beat', () => this.#bus.beat(beat));
  }

  mark(): Promise<BusMark | undefined> {
    return this.#call('mark', () => this.#bus.mark());
  }

  replay(since: BusMark): Promise<boolean> {
    return this.#call('replay', async () => {
      this.#replays += 1;
      try {
        return await this.#bus.replay(since);
      } finally {
        this.#replays -= 1;
      }
    });
  }

  /** Closes the bus within, and ends every call that waits. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    this.#listener?.silence();
    this.#passage.lose();
    this.#endWaits();
    await this.#bus[Symbol.asyncDispose]();
  }

  async #call<T>(call: BusCall, begin: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    const effect = this.#faults.meet(call);
    if (effect?.kind === 'hang') await this.#wait();
    if (effect?.kind === 'fail' && !effect.isTaken) throw new BusError(this.name, 'a fault made to order; nothing was sent');
    if (this.#cut === 'silent') await this.#wait(this.#deadlineMs);
    if (this.#cut !== 'none') throw new BusError(this.name, 'it is cut off to order');
    const cuts = this.#cuts;
    const answer = await begin();
    if (cuts !== this.#cuts) throw new BusError(this.name, 'it was cut off to order before the answer came');
    if (effect?.kind === 'fail') throw new BusError(this.name, 'a fault made to order; it was sent all the same');
    return answer;
  }

  /** Waits for `ms`, or for {@link heal}. @throws ClosedError when the end came. */
  async #wait(ms?: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const cancel = ms === undefined ? undefined : this.#clock.after(ms, () => end(), true);
      const end = (): void => {
        cancel?.();
        this.#waiting.delete(end);
        resolve();
      };
      this.#waiting.add(end);
    });
    this.#assertOpen();
  }

  #endWaits(): void {
    for (const end of [...this.#waiting]) end();
  }

  #arrive(arrival: Arrival, bytes: Uint8Array): void {
    if (this.#cut !== 'none') return;
    if (this.#replays > 0) this.#tell(arrival, bytes);
    else this.#passage.arrive(arrival, bytes);
  }

  #tell(arrival: Arrival, bytes: Uint8Array): void {
    if (arrival === 'message') this.#listener?.message(bytes);
    else this.#listener?.beat(bytes);
  }

  #assertOpen(): void {
    if (this.#isClosed) throw new ClosedError();
  }
}
