/** How far news travels: within one process, among the processes of one host, or through a fleet of hosts. */
export type Reach = 'process' | 'host' | 'fleet';

/**
 * Hears what a bus brings. Its functions return at once and do not throw.
 *
 * Bytes may be told more than once, late, or in another order than they were
 * published; the listener sees to that. They are its own from then on.
 */
export interface BusListener {
  /** From now on messages arrive: the subscription is confirmed, for the first time or again. */
  connected(): void;
  /** From now on messages may be missed. It may be told again without `connected` in between, as the reason changes. */
  disconnected(reason: string): void;
  /** A message was published, by this process or another. */
  message(bytes: Uint8Array): void;
  /** A beat was sent, by this process or another. */
  beat(bytes: Uint8Array): void;
}

/**
 * A place in the log of a bus: behind everything published so far. `log` names
 * the log itself, so that one which was deleted and made anew is not taken for
 * the old one; `at` is the bus's own.
 */
export interface BusMark {
  readonly log: string;
  readonly at: string;
}

/**
 * Carries messages from each process to all, itself included: what keeps their memories in step.
 *
 * A bus carries bytes and promises little: it is whoever listens that counts
 * messages, finds gaps and repairs them. What it must hold to:
 *
 * - It connects by itself, and again after every loss, for ever, with jitter.
 * - When a beat is told, every message that was taken by the bus before that beat
 *   was sent has been told already, or is lost; so the own beat, coming back,
 *   proves that nothing is on its way from before it.
 * - Beats are not kept in the log: many are sent, and only the last one counts.
 * - Each call settles within its deadline, in an error if need be.
 */
export interface Bus extends AsyncDisposable {
  /** Names the bus in telemetry and in errors: `nats`, `redis`, `lmdb`, `in-process`. */
  readonly name: string;
  readonly reach: Reach;
  /** Longer messages and beats are refused. */
  readonly maxMessageBytes: number;

  /** Begins to connect and to listen; called once. How that goes is told to the listener. */
  listen(listener: BusListener): void;

  /**
   * Sends a message to all. Resolves when the bus has taken it, into its log if
   * it keeps one; a rejection leaves open whether it did.
   *
   * @throws BusError while it is not connected, or when the bus refuses.
   */
  publish(message: Uint8Array): Promise<void>;

  /** Tells all, the sender included, where the sender stands. A lost beat does no harm. @throws BusError as {@link Bus.publish}. */
  beat(beat: Uint8Array): Promise<void>;

  /** The present end of the log; `undefined` when the bus keeps none. @throws BusError as {@link Bus.publish}. */
  mark(): Promise<BusMark | undefined>;

  /**
   * Tells the listener every message that the log has behind `since`, in the
   * order of the log, before it resolves. Answers whether the log could vouch
   * that these are all: not when it was made anew, or cut short behind `since`.
   *
   * @throws BusError as {@link Bus.publish}.
   */
  replay(since: BusMark): Promise<boolean>;
}
