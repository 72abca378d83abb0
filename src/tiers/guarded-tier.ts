import type { SealedEntry } from '../entry/entry.ts';
import type { Pattern } from '../entry/pattern.ts';
import type { Version } from '../entry/version.ts';
import { assertNames, CacheError, TierError, TierOpenError, TierTimeoutError, textOf } from '../errors.ts';
import { type BreakerChange, type BreakerOptions, type BreakerState, CircuitBreaker } from '../guard/circuit-breaker.ts';
import { withDeadline } from '../guard/deadline.ts';
import { SharedDeadline } from '../guard/shared-deadline.ts';
import { chance } from '../time/chance.ts';
import { type Clock, systemClock } from '../time/clock.ts';
import { type Duration, toDeadlineMs } from '../time/duration.ts';
import type { Answer } from './answer.ts';
import type { Leases } from './leases.ts';
import type { RemoteTier } from './remote-tier.ts';

/** A call gets its deadline once for each so many keys, the last begun. */
const KEYS_PER_DEADLINE = 1_000;

/**
 * A tier may take so long to begin: to connect, or to start a thread. Its first
 * leases are waited for as long, or processes that begin together would load
 * everything once each; and calls made before it is up open no breaker by being late.
 */
const START_MS = 2_000;

/** A flush waits for writes that were asked for long ago, a close for a flush. */
const DRAIN_DEADLINE_MS = 5_000;

/** How long a tier may take, and when it is left alone. */
export interface GuardOptions {
  /** A read of up to 1 000 keys may take so long. @default '50ms' */
  readonly deadline?: Duration;
  /** A write of up to 1 000 keys, or a step of a scan, may take so long. @default '250ms' */
  readonly writeDeadline?: Duration;
  readonly breaker?: BreakerOptions;
  /** Is told when calls stop going through to the tier, and when they do again. */
  readonly onChange?: (change: TierChange) => void;
  /** @default systemClock */
  readonly clock?: Clock;
  /** From 0 up to 1. @default chance */
  readonly random?: () => number;
}

const OPTIONS = { deadline: true, writeDeadline: true, breaker: true, onChange: true, clock: true, random: true } as const satisfies Record<
  keyof GuardOptions,
  true
>;

/** A change in whether calls go through to a tier. */
export interface TierChange extends BreakerChange {
  readonly tier: string;
}

/** The tier with a deadline on each call and a breaker before it. */
export function guarded(tier: RemoteTier, options: GuardOptions = {}): GuardedTier {
  return new GuardedTier(tier, options);
}

/**
 * A tier that answers in time or says that it cannot.
 *
 * A call ends within its deadline, in a TierTimeoutError if need be; each other
 * failure of the tier is a TierError, and while the breaker is open the tier is
 * not asked: TierOpenError. An answer that is there at once costs no timer.
 */
export class GuardedTier implements RemoteTier {
  readonly name: string;
  readonly reach: RemoteTier['reach'];
  readonly #tier: RemoteTier;
  readonly #clock: Clock;
  readonly #deadlineMs: number;
  readonly #writeDeadlineMs: number;
  readonly #breaker: CircuitBreaker;
  readonly #reads: SharedDeadline;
  readonly #begunAt: number;
  #hasAnswered = false;
  #hasLent = false;
  #firstLeaseAt: number | undefined;
  #open: { readonly term: number; readonly error: TierOpenError } | undefined;

  /** @throws ConfigError when an option is unknown, or a time is no duration. */
  constructor(tier: RemoteTier, options: GuardOptions = {}) {
    assertNames(options, OPTIONS, 'guard');
    const { name } = tier;
    const { onChange } = options;
    this.name = name;
    this.reach = tier.reach;
    this.#tier = tier;
    this.#clock = options.clock ?? systemClock;
    this.#begunAt = this.#clock.monotonic();
    this.#deadlineMs = toDeadlineMs(options.deadline ?? '50ms', 'guard.deadline');
    this.#reads = new SharedDeadline(this.#clock, this.#deadlineMs);
    this.#writeDeadlineMs = toDeadlineMs(options.writeDeadline ?? '250ms', 'guard.writeDeadline');
    this.#breaker = new CircuitBreaker(options.breaker ?? {}, {
      clock: this.#clock,
      random: options.random ?? chance,
      onChange: (change) => tell(onChange, { tier: name, ...change }),
    });
  }

  /** Whether calls go through to the tier. */
  get breaker(): BreakerState {
    return this.#breaker.state;
  }

  get isUp(): boolean {
    return this.#tier.isUp;
  }

  /** The tier's own leases, behind the same deadline and breaker. */
  get leases(): Leases | undefined {
    const { leases } = this.#tier;
    return (
      leases && {
        acquire: async (keys, holder, ttlMs) => {
          const left = await this.#guard(this.#leaseDeadlineMs(), () => leases.acquire(keys, holder, ttlMs));
          this.#hasLent = true;
          return left;
        },
        release: async (keys, holder) => this.#guard(this.#writeDeadlineMs, () => leases.release(keys, holder)),
      }
    );
  }

  /** Long for the first leases, until so long after the first was asked for; not for a probe, which others wait for. */
  #leaseDeadlineMs(): number {
    if (this.#hasLent || this.#breaker.state !== 'closed') return this.#writeDeadlineMs;
    const now = this.#clock.monotonic();
    this.#firstLeaseAt ??= now;
    return Math.max(this.#writeDeadlineMs, this.#firstLeaseAt + START_MS - now);
  }

  getMany(keys: readonly string[]): Answer<(Uint8Array | undefined)[]> {
    if (keys.length > KEYS_PER_DEADLINE) return this.#guard(scaled(this.#deadlineMs, keys.length), () => this.#tier.getMany(keys));
    const term = this.#breaker.admit();
    if (term === 0) return Promise.reject(this.#openError());
    let answer: Answer<(Uint8Array | undefined)[]>;
    try {
      answer = this.#tier.getMany(keys);
    } catch (error) {
      return Promise.reject(this.#judge(term, error));
    }
    if (answer instanceof Promise) return this.#read(term, answer);
    this.#succeeded(term);
    return answer;
  }

  /** Waits for a read: the hot path of every tier that is not in this process. */
  #read<T>(term: number, answer: Promise<T>): Promise<T> {
    const isEarly = this.#isStarting;
    return new Promise((resolve, reject) => {
      const call = {
        isOver: false,
        late: (): void => {
          end();
          reject(this.#judge(term, new TierTimeoutError(this.name, this.#deadlineMs), isEarly));
        },
      };
      const end = this.#reads.begin(call);
      answer.then(
        (found) => {
          if (call.isOver) return;
          end();
          this.#succeeded(term);
          resolve(found);
        },
        (error) => {
          if (call.isOver) return;
          end();
          reject(this.#judge(term, error));
        },
      );
    });
  }

  async setMany(entries: readonly SealedEntry[]): Promise<boolean[]> {
    return this.#guard(scaled(this.#writeDeadlineMs, entries.length), () => this.#tier.setMany(entries));
  }

  async deleteMany(keys: readonly string[], version: Version): Promise<void> {
    return this.#guard(scaled(this.#writeDeadlineMs, keys.length), () => this.#tier.deleteMany(keys, version));
  }

  async *scan(pattern: Pattern): AsyncIterable<string[]> {
    const batches = this.#tier.scan(pattern)[Symbol.asyncIterator]();
    let isOver = false;
    try {
      while (!isOver) {
        const step = await this.#guard(this.#writeDeadlineMs, () => batches.next());
        isOver = step.done === true;
        if (step.done !== true) yield step.value;
      }
    } finally {
      if (!isOver) batches.return?.().catch(() => {});
    }
  }

  flush(): Promise<void> {
    return this.#within(DRAIN_DEADLINE_MS, this.#tier.flush());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#within(DRAIN_DEADLINE_MS, Promise.resolve(this.#tier[Symbol.asyncDispose]()));
  }

  #guard<T>(deadlineMs: number, call: () => Answer<T>): Answer<T> {
    const term = this.#breaker.admit();
    if (term === 0) return Promise.reject(this.#openError());
    let answer: Answer<T>;
    try {
      answer = call();
    } catch (error) {
      return Promise.reject(this.#judge(term, error));
    }
    if (answer instanceof Promise) return this.#await(term, deadlineMs, answer);
    this.#succeeded(term);
    return answer;
  }

  /** One error for as long as the breaker is open: to find out where each call came from would cost more than the call. */
  #openError(): TierOpenError {
    if (this.#open?.term !== this.#breaker.term) this.#open = { term: this.#breaker.term, error: new TierOpenError(this.name) };
    return this.#open.error;
  }

  async #await<T>(term: number, deadlineMs: number, call: Promise<T>): Promise<T> {
    const isEarly = this.#isStarting;
    try {
      const answer = await this.#within(deadlineMs, call);
      this.#succeeded(term);
      return answer;
    } catch (error) {
      throw this.#judge(term, error, isEarly);
    }
  }

  #within<T>(deadlineMs: number, call: Promise<T>): Promise<T> {
    return withDeadline(call, deadlineMs, this.#clock, () => new TierTimeoutError(this.name, deadlineMs));
  }

  /** Whether a call that begins now may have to wait for the first connection. A probe is to be judged whatever becomes of it. */
  get #isStarting(): boolean {
    if (this.#hasAnswered || this.#tier.isUp || this.#breaker.state !== 'closed') return false;
    return this.#clock.monotonic() - this.#begunAt < START_MS;
  }

  #succeeded(term: number): void {
    this.#hasAnswered = true;
    this.#breaker.succeeded(term);
  }

  /**
   * An error that no repetition could help, such as a closed tier, says nothing about the store's health.
   *
   * @param isEarly whether the call began while the tier was starting: that it is late says nothing either; a refusal does.
   */
  #judge(term: number, cause: unknown, isEarly = false): CacheError {
    const isAnswer = cause instanceof CacheError && !cause.retryable;
    if (isAnswer) this.#succeeded(term);
    else if (!(isEarly && cause instanceof TierTimeoutError)) this.#breaker.failed(term, cause);
    return cause instanceof CacheError ? cause : new TierError(this.name, textOf(cause), { cause });
  }
}

function scaled(deadlineMs: number, keyCount: number): number {
  return deadlineMs * Math.max(1, Math.ceil(keyCount / KEYS_PER_DEADLINE));
}

/** An observer that throws is warned of: it must not fail the call it was told of. */
function tell(onChange: GuardOptions['onChange'], change: TierChange): void {
  try {
    onChange?.(change);
  } catch (error) {
    process.emitWarning(`An observer of tier "${change.tier}" threw: ${String(error)}`, 'TiercelWarning');
  }
}
