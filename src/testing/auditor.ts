import { isDeepStrictEqual } from 'node:util';
import { withDeadline } from '../guard/deadline.ts';
import { type Cancel, type Clock, systemClock } from '../time/clock.ts';
import { TruthHistory } from './truth-history.ts';

/** What somebody says of a key: its value or its version, to be compared with others'; `undefined` when it holds nothing. */
export type Witness = (key: string) => unknown;

/** What an auditor is made of. */
export interface AuditorOptions {
  /** Where the truth is: the source, or the tier that all share. */
  readonly truth: Witness;
  /** Who is held to it, by name. */
  readonly replicas: Readonly<Record<string, Witness>>;
  /** So long after a change the replicas are asked. @default [0, 1_000, 10_000] */
  readonly agesMs?: readonly number[];
  /** What was true so long ago may still be said. @default 1_000 */
  readonly boundMs?: number;
  /** @default systemClock */
  readonly clock?: Clock;
}

/** How answers compared with the truth. */
export interface AuditTally {
  /** Answers compared. To hold nothing is never wrong. */
  readonly checks: number;
  /** Answers that were not the truth. */
  readonly mismatches: number;
  /** Mismatches that had not been the truth for longer than the bound. */
  readonly violations: number;
  /** Questions that brought no answer. */
  readonly failures: number;
}

/** An answer that was outdated for longer than the bound. */
export interface AuditViolation {
  readonly replica: string;
  readonly key: string;
  readonly said: unknown;
  readonly truth: unknown;
  /** For how long it had not been the truth. */
  readonly outdatedMs: number;
}

/** What an audit has found so far. */
export interface AuditReport extends AuditTally {
  readonly replicas: Readonly<Record<string, AuditTally>>;
  /** The same by how long after a change the replicas were asked. */
  readonly ages: readonly (AuditTally & { readonly ageMs: number })[];
  /** The longest that an answer had not been the truth. */
  readonly maxOutdatedMs: number;
  /** The first violations. */
  readonly examples: readonly AuditViolation[];
  /** Changes not looked into, because too many keys were under audit. */
  readonly skipped: number;
}

type Tally = { -readonly [Count in keyof AuditTally]: number };

interface Replica {
  readonly name: string;
  readonly witness: Witness;
  readonly tally: Tally;
}

type Answer = { readonly isKnown: true; readonly said: unknown } | { readonly isKnown: false };

const MAX_KEYS = 10_000;
const MAX_EXAMPLES = 10;
const ANSWER_DEADLINE_MS = 5_000;

/**
 * Tells how consistent a cache is, from outside: asks replicas what they hold a
 * while after a key was changed, and how long that has not been true any more.
 *
 * After Polaris, by which Meta brought the consistency of its caches from six
 * nines to ten ("Cache made consistent", Engineering at Meta, June 2022): what
 * is measured is what a reader could see, and each mismatch has an age. A sample
 * of the keys is enough; of those in it, tell every change.
 *
 * @example
 * using auditor = new Auditor({ truth: (key) => source.get(key), replicas: { a: (key) => a.peek(key), b: (key) => b.peek(key) } });
 * await a.set('quote', 187.25);
 * auditor.changed('quote');
 * // … 10 s later
 * auditor.report().violations; // 0
 */
export class Auditor implements Disposable {
  readonly #clock: Clock;
  readonly #truth: Witness;
  readonly #replicas: readonly Replica[];
  readonly #ages: readonly (readonly [ageMs: number, tally: Tally])[];
  readonly #boundMs: number;
  readonly #histories = new Map<string, TruthHistory>();
  readonly #timers = new Set<Cancel>();
  readonly #examples: AuditViolation[] = [];
  #maxOutdatedMs = 0;
  #skipped = 0;
  #isOver = false;

  constructor(options: AuditorOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#truth = options.truth;
    this.#replicas = Object.entries(options.replicas).map(([name, witness]) => ({ name, witness, tally: emptyTally() }));
    this.#ages = (options.agesMs ?? [0, 1_000, 10_000]).map((ageMs) => [ageMs, emptyTally()]);
    this.#boundMs = options.boundMs ?? 1_000;
  }

  /** A key was changed, and the change acknowledged, just now. */
  changed(key: string): void {
    const known = this.#histories.get(key);
    if (this.#isOver || (!known && this.#histories.size >= MAX_KEYS)) {
      this.#skipped += 1;
      return;
    }
    const history = known ?? new TruthHistory();
    this.#histories.set(key, history);
    history.changed(this.#clock.monotonic());
    for (const [ageMs, tally] of this.#ages) {
      history.looks += 1;
      this.#after(ageMs, () => this.#look(key, history, tally));
    }
  }

  /** Whether every look there was to be has been taken. */
  get isDone(): boolean {
    return this.#histories.size === 0;
  }

  /** What it has found so far. */
  report(): AuditReport {
    const sum = emptyTally();
    for (const { tally } of this.#replicas) {
      for (const count of COUNTS) sum[count] += tally[count];
    }
    return {
      ...sum,
      replicas: Object.fromEntries(this.#replicas.map(({ name, tally }) => [name, { ...tally }])),
      ages: this.#ages.map(([ageMs, tally]) => ({ ageMs, ...tally })),
      maxOutdatedMs: this.#maxOutdatedMs,
      examples: [...this.#examples],
      skipped: this.#skipped,
    };
  }

  /** Looks no more. */
  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    this.#histories.clear();
  }

  #after(ms: number, look: () => Promise<void>): void {
    if (ms === 0) {
      void look();
      return;
    }
    const cancel = this.#clock.after(ms, () => {
      this.#timers.delete(cancel);
      void look();
    });
    this.#timers.add(cancel);
  }

  /** Asks for the truth before the replicas and after them: whoever says the one or the other is right. Rejects never. */
  async #look(key: string, history: TruthHistory, ofAge: Tally): Promise<void> {
    const before = await this.#ask(this.#truth, key);
    if (before.isKnown) history.saw(before.said, this.#clock.monotonic());
    const answers = await Promise.all(this.#replicas.map(async (replica) => ({ replica, answer: await this.#ask(replica.witness, key) })));
    const after = await this.#ask(this.#truth, key);
    if (this.#isOver) return;
    if (after.isKnown) history.saw(after.said, this.#clock.monotonic());
    for (const { replica, answer } of answers) {
      const tallies = [ofAge, replica.tally];
      if (!(before.isKnown && after.isKnown && answer.isKnown)) count(tallies, 'failures');
      else this.#compare(replica.name, key, answer.said, isDeepStrictEqual(answer.said, before.said), history, tallies);
    }
    history.looks -= 1;
    if (history.looks === 0) this.#histories.delete(key);
  }

  #compare(replica: string, key: string, said: unknown, wasTrue: boolean, history: TruthHistory, tallies: readonly Tally[]): void {
    count(tallies, 'checks');
    const outdatedMs = history.outdatedMs(said, this.#clock.monotonic());
    if (said === undefined || wasTrue || outdatedMs === undefined) return;
    count(tallies, 'mismatches');
    this.#maxOutdatedMs = Math.max(this.#maxOutdatedMs, outdatedMs);
    if (outdatedMs <= this.#boundMs) return;
    count(tallies, 'violations');
    if (this.#examples.length < MAX_EXAMPLES) this.#examples.push({ replica, key, said, truth: history.truth, outdatedMs });
  }

  async #ask(witness: Witness, key: string): Promise<Answer> {
    try {
      const answer = (async () => witness(key))();
      return { isKnown: true, said: await withDeadline(answer, ANSWER_DEADLINE_MS, this.#clock, () => new Error('no answer in time')) };
    } catch {
      return { isKnown: false };
    }
  }
}

const COUNTS: readonly (keyof Tally)[] = ['checks', 'mismatches', 'violations', 'failures'];

function emptyTally(): Tally {
  return { checks: 0, mismatches: 0, violations: 0, failures: 0 };
}

function count(tallies: readonly Tally[], what: keyof Tally): void {
  for (const tally of tallies) tally[what] += 1;
}
