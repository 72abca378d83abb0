import { randomUUID } from 'node:crypto';
import type { VersionClock } from '../../entry/version.ts';
import { withDeadline } from '../../guard/deadline.ts';
import { chance } from '../../time/chance.ts';
import { type Cancel, type Clock, systemClock } from '../../time/clock.ts';
import { afterTurns } from '../../time/event-turn.ts';
import type { Bus, BusListener } from '../bus.ts';
import { type Coherence, coherenceOf } from '../coherence-options.ts';
import { type BusState, type BusStats, JOINING, type News, type NewsListener } from '../news.ts';
import type { Notice } from '../notice.ts';
import { type BeatMessage, type BusMessage, decodeMessage, type UnreadMessage } from './bus-message.ts';
import { CatchUp, type CatchUpOwner } from './catch-up.ts';
import { Outbound } from './outbound.ts';
import { Roll } from './roll.ts';
import { Standing } from './standing.ts';

/** Closing may take so long. */
const CLOSE_DEADLINE_MS = 5_000;
/** Who joins listens for so many beats before it takes those it heard for all there are. */
const BEATS_TO_JOIN = 1.5;

/**
 * Keeps a process in step with all others on a bus, whatever the bus loses.
 *
 * Every process numbers what it tells, and says in each beat how far it has
 * come. So what is missing shows; then the bus's log is asked for it, and if that
 * cannot vouch for all, what memory has is made stale. That all is heard is not
 * assumed but proven, again and again, by the own beat that comes back and the
 * beats of all others: memory is believed for `suspectTtl` from the last proof.
 * A process that was stopped, cut off or forgotten therefore doubts its memory
 * by itself, before it is told anything.
 *
 * The proof is a lease in the sense of Gray and Cheriton, "Leases: An Efficient
 * Fault-Tolerant Mechanism for Distributed File Cache Consistency" (1989).
 */
export class BusLink implements News, BusListener, CatchUpOwner {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #random: () => number;
  readonly #listener: NewsListener;
  readonly #versions: VersionClock;
  readonly #standing: Standing;
  readonly #beatMs: number;
  readonly #suspectMs: number;
  readonly #forgetMs: number;
  readonly #outbound: Outbound;
  readonly #roll = new Roll();

  #isConnected = false;
  #lost = 'not connected yet';
  /** From when on memory holds nothing that is older than this process's part in the bus. */
  #joinsAt = Number.POSITIVE_INFINITY;
  #hasJoined = false;
  /** When the own beat that came back last was sent. */
  #echoAt = Number.NEGATIVE_INFINITY;
  #provenAt = Number.NEGATIVE_INFINITY;
  readonly #catchUp: CatchUp;
  #cancelTick: Cancel | undefined;
  #closing: Promise<void> | undefined;
  #received = 0;
  #repeated = 0;
  #refused = 0;
  #distrusts = 0;
  #lagMs = -1;

  constructor(
    bus: Bus,
    listener: NewsListener,
    versions: VersionClock,
    options: {
      readonly coherence?: Coherence;
      readonly clock?: Clock;
      readonly random?: () => number;
      readonly onChange?: (state: BusState, reason: string) => void;
    } = {},
  ) {
    this.#bus = bus;
    this.#listener = listener;
    this.#versions = versions;
    this.#clock = options.clock ?? systemClock;
    this.#random = options.random ?? chance;
    this.#standing = new Standing(bus.name, options.onChange ?? (() => {}));
    const coherence = options.coherence ?? coherenceOf();
    this.#beatMs = coherence.heartbeatMs;
    this.#suspectMs = coherence.suspectMs;
    this.#forgetMs = coherence.forgetMs;
    this.#outbound = new Outbound(bus, randomUUID(), this.#clock, this.#random, coherence.deadlineMs);
    this.#catchUp = new CatchUp(bus, this.#clock, this);
    bus.listen(this);
    this.#tickLater();
  }

  get isLive(): boolean {
    return this.#standing.state === 'live';
  }

  get stats(): BusStats {
    return {
      name: this.#bus.name,
      state: this.#standing.state,
      reason: this.#standing.reason,
      peers: this.#roll.size,
      waiting: this.#outbound.waiting,
      ...this.#outbound.counts,
      received: this.#received,
      repeated: this.#repeated,
      refused: this.#refused,
      gaps: this.#catchUp.gaps,
      replays: this.#catchUp.replays,
      distrusts: this.#distrusts,
      lagMs: this.#lagMs,
    };
  }

  tell(notice: Notice): void {
    if (this.#closing === undefined) this.#outbound.tell(notice);
  }

  async flush(): Promise<void> {
    await this.#outbound.pump();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#cancelTick?.();
    await this.#outbound.pump();
    await this.#outbound.beat(this.#versions.newest, true);
    this.#standing.become('closed', 'closed');
    const { name } = this.#bus;
    const late = (): Error => new Error(`Bus "${name}" took too long to close`);
    await withDeadline(Promise.resolve(this.#bus[Symbol.asyncDispose]()), CLOSE_DEADLINE_MS, this.#clock, late).catch(() => {});
  }

  connected(): void {
    if (this.#isConnected || this.#closing !== undefined) return;
    this.#isConnected = true;
    this.#outbound.isConnected = true;
    if (this.#hasJoined) {
      this.#miss('the connection was lost');
    } else {
      this.#joinsAt = this.#clock.monotonic() + this.#beatMs * BEATS_TO_JOIN;
      void this.#catchUp.begin();
    }
    void this.#outbound.beat(this.#versions.newest, false);
    void this.#outbound.pump();
  }

  disconnected(reason: string): void {
    this.#isConnected = false;
    this.#outbound.isConnected = false;
    this.#lost = reason;
    this.#joinsAt = Number.POSITIVE_INFINITY;
    this.#judge();
  }

  message(bytes: Uint8Array): void {
    this.#hear(bytes);
  }

  beat(bytes: Uint8Array): void {
    this.#hear(bytes);
  }

  #hear(bytes: Uint8Array): void {
    if (this.#closing !== undefined) return;
    const message = bytes.length > this.#bus.maxMessageBytes ? undefined : decodeMessage(bytes);
    if (!message) {
      this.#refused += 1;
      return;
    }
    if (message.publisher === this.#outbound.publisher) {
      if (message.form === 'beat') this.#echoed(message);
      return;
    }
    this.#heard(message);
  }

  #echoed({ sentAt }: BeatMessage): void {
    const now = this.#clock.monotonic();
    if (sentAt > now) return;
    this.#lagMs = now - sentAt;
    this.#echoAt = Math.max(this.#echoAt, sentAt);
    this.#prove();
  }

  #heard(message: BusMessage | UnreadMessage): void {
    const now = this.#clock.monotonic();
    if (message.form === 'beat') this.#versions.observe(message.stamp);
    const hearing = { isJoining: !this.#hasJoined, isReplaying: this.#catchUp.isRunning };
    const heard = this.#roll.hear(message, hearing, now);
    if (message.form === 'unread') this.#refused += 1;
    if (message.form === 'news') {
      this.#received += 1;
      if (heard === 'known') this.#repeated += 1;
      else this.#listener.told(message.notices);
    }
    if (heard === 'lost') this.#distrust();
    const { gap } = this.#roll;
    if (gap === undefined && message.form === 'beat') this.#prove();
    else if (gap !== undefined && this.#catchUp.missing === undefined) this.#miss(`a message of process ${gap} is missing`);
  }

  get hasGaps(): boolean {
    return this.#roll.gap !== undefined;
  }

  gaveUp(): void {
    if (this.#closing !== undefined) return;
    this.#roll.catchUp();
    this.#distrust();
  }

  ended(): void {
    this.#judge();
  }

  /** Something told was not heard: the log is asked for it, now or when it can be. */
  #miss(what: string): void {
    this.#catchUp.miss(what);
    void this.#catchUp.run();
  }

  #distrust(): void {
    this.#distrusts += 1;
    this.#listener.distrust(this.#clock.monotonic());
  }

  /** Draws the conclusion from all that was heard: memory may be believed a little longer. */
  #prove(): void {
    if (!this.#hasJoined || !this.#isConnected || this.#catchUp.missing !== undefined) return;
    const provenAt = Math.min(this.#echoAt, this.#roll.heardAt);
    if (provenAt > this.#provenAt) {
      this.#provenAt = provenAt;
      this.#listener.believe(provenAt + this.#suspectMs);
      void this.#catchUp.proven(provenAt);
    }
    this.#judge();
  }

  #tickLater(): void {
    const jitter = 0.9 + this.#random() / 5;
    this.#cancelTick = this.#clock.after(this.#beatMs * jitter, () => {
      this.#tick();
      this.#tickLater();
    });
  }

  #tick(): void {
    void this.#outbound.beat(this.#versions.newest, false);
    void this.#outbound.pump();
    if (this.#isConnected) void this.#catchUp.run();
    // Who was stopped for a while finds the others' beats waiting: they are heard first.
    afterTurns(2, () => this.#look());
  }

  #look(): void {
    if (this.#closing !== undefined) return;
    const now = this.#clock.monotonic();
    if (!this.#hasJoined && now >= this.#joinsAt && this.#echoAt >= this.#joinsAt - this.#beatMs * BEATS_TO_JOIN) {
      this.#hasJoined = true;
      this.#listener.distrust(now);
      this.#prove();
    }
    if (this.#roll.forget(now - this.#forgetMs)) {
      this.#distrust();
      this.#prove();
    }
    this.#judge();
  }

  #judge(): void {
    if (this.#closing !== undefined) return;
    if (this.#clock.monotonic() < this.#provenAt + this.#suspectMs && this.#isConnected && this.#catchUp.missing === undefined) {
      this.#standing.become('live', '');
      return;
    }
    this.#standing.become(this.#hasJoined ? 'suspect' : 'starting', this.#whyNot());
  }

  #whyNot(): string {
    if (!this.#isConnected) return this.#lost;
    if (this.#catchUp.missing !== undefined) return this.#catchUp.missing;
    if (!this.#hasJoined) return JOINING;
    const quietest = this.#roll.quietest;
    if (quietest?.isUnread) return `process ${quietest.publisher} is of a later version, and tells what this one cannot read; update it`;
    if (quietest && quietest.heardAt < this.#echoAt) return `process ${quietest.publisher} has not been heard`;
    return 'the own beat does not come back';
  }
}
