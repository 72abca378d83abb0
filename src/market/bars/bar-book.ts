import type { KindCache } from '../../cache/kind-cache.ts';
import { MINUTE } from '../../time/duration.ts';
import type { Bar } from '../bar.ts';
import { intervalMs } from '../interval.ts';
import { type BarChunk, chunksOf, OpenChunk, rowsOf } from './bar-chunk.ts';
import { type BarCall, type BarSubject, inOrder } from './bar-source.ts';
import { type BarTime, barsWithin, callsFor } from './bar-time.ts';
import { Coverage, type Stretch } from './coverage.ts';

/** A source that does not have what it should have by now is asked again after this. */
const BEHIND_MS = MINUTE;

/** What a book is made with. */
export interface BookParts {
  readonly chunks: KindCache<string, BarChunk>;
  readonly source: (call: Omit<BarCall, 'signal'>) => Promise<readonly Bar[]>;
  readonly time: BarTime;
  /** Bars in one answer of the source, at most. */
  readonly pageSize: number;
  /** What should be there for so long and is not, never was. */
  readonly patienceMs: number;
  readonly now: () => number;
}

/** What a call brought: bars, and which time is known by them. */
interface Brought extends Stretch {
  readonly bars: readonly Bar[];
}

/** A call under way. */
interface Call extends Stretch {
  readonly brought: Promise<Brought>;
}

/** The final bars of one subject: those the cache has, and those that are being asked for. */
export class BarBook {
  /** Of the subject, in the cache. */
  readonly key: string;
  readonly #subject: BarSubject;
  readonly #parts: BookParts;
  #calls: readonly Call[] = [];
  /** Raised when calls are cut. */
  #epoch = 0;
  /** Where the source had nothing, though it should have; it is not asked for that again before `until`. */
  #behind = { from: 0, to: 0, until: 0 };
  /** Chunks are written one after another, or what one brought would be lost by the other. */
  #written: Promise<unknown> = Promise.resolve();

  constructor(key: string, subject: BarSubject, parts: BookParts) {
    this.key = key;
    this.#subject = subject;
    this.#parts = parts;
  }

  /** Whether nothing would be lost if it were forgotten. */
  get isIdle(): boolean {
    return this.#calls.length === 0 && this.#behind.until <= this.#parts.now();
  }

  /**
   * What is known of the bars from `from` up to `to`, all of which should be final. What is missing is asked for,
   * each bar by one call, however many want it meanwhile; what the source does not have yet stays unknown.
   */
  async read(from: number, to: number): Promise<OpenChunk> {
    const found = await this.#look(from, to);
    const gaps = found.coverage.missing(from, to);
    const notNow = new Coverage(this.#calls);
    if (this.#behind.until > this.#parts.now()) notNow.add(this.#behind.from, this.#behind.to);
    const unasked = gaps.flatMap((gap) => notNow.missing(gap.from, gap.to));
    const { time, pageSize } = this.#parts;
    for (const stretch of callsFor(unasked, time, this.#subject.interval, pageSize)) this.#ask(stretch);
    const awaited = this.#calls.filter((call) => gaps.some((gap) => call.from < gap.to && gap.from < call.to));
    for (const { from: start, to: end, bars } of await Promise.all(awaited.map(({ brought }) => brought))) {
      found.series.put(rowsOf(bars));
      found.coverage.add(start, end);
    }
    for (const gap of found.coverage.missing(from, to)) {
      if (time.stretches(gap.from, gap.to, this.#subject.interval).length === 0) found.coverage.add(gap.from, gap.to);
    }
    return found;
  }

  /** What is being asked for is delivered, and not kept, and nobody joins it. */
  cut(): void {
    this.#calls = [];
    this.#epoch += 1;
  }

  /** What the cache has of a range. */
  async #look(from: number, to: number): Promise<OpenChunk> {
    const found = new OpenChunk();
    const keys = chunksOf(this.#subject.interval, from, to).map((chunk) => this.#keyOf(chunk));
    const chunks = await this.#parts.chunks.getMany(keys);
    for (const key of keys) {
      const chunk = chunks.get(key);
      if (!chunk) continue;
      found.series.put(chunk);
      for (const [start, end] of chunk.known) found.coverage.add(start, end);
    }
    return found;
  }

  #ask(stretch: Stretch): void {
    const brought = this.#bring(stretch).finally(() => {
      this.#calls = this.#calls.filter((call) => call.brought !== brought);
    });
    // Whoever waits for it hears of its failure; nobody may.
    brought.catch(() => undefined);
    this.#calls = [...this.#calls, { ...stretch, brought }];
  }

  async #bring({ from, to }: Stretch): Promise<Brought> {
    const epoch = this.#epoch;
    const answer = await this.#parts.source({ ...this.#subject, from, to });
    const bars = barsWithin(inOrder(answer, this.#subject), this.#parts.time, this.#subject.interval, from, to);
    const brought = { from, to: this.#knownUntil(from, to, bars.at(-1)?.startAt), bars };
    if (brought.to < to) this.#behind = { from: brought.to, to, until: this.#parts.now() + BEHIND_MS };
    if (brought.from < brought.to && epoch === this.#epoch) await this.#keep(brought, epoch);
    return brought;
  }

  /** A source that is a little behind has not said that there is nothing. */
  #knownUntil(from: number, to: number, last: number | undefined): number {
    const { time, patienceMs, now } = this.#parts;
    const { interval } = this.#subject;
    const end = last === undefined ? from : last + intervalMs(interval);
    const isAnswered = now() - to > patienceMs || time.stretches(end, to, interval).length === 0;
    return isAnswered ? to : end;
  }

  #keep({ from, to, bars }: Brought, epoch: number): Promise<void> {
    const write = async (): Promise<void> => {
      for (const chunk of chunksOf(this.#subject.interval, from, to)) {
        const key = this.#keyOf(chunk);
        // What another process knows of the chunk is there before it is written over.
        const there = new OpenChunk(await this.#parts.chunks.get(key));
        there.series.put(rowsOf(bars.filter(({ startAt }) => startAt >= chunk.from && startAt < chunk.to)));
        there.coverage.add(Math.max(from, chunk.from), Math.min(to, chunk.to));
        if (epoch !== this.#epoch) return;
        await this.#parts.chunks.set(key, there.closed());
      }
    };
    const written = this.#written.then(write);
    this.#written = written.catch(() => undefined);
    return written;
  }

  #keyOf({ from }: Stretch): string {
    return `${this.key}:${from}`;
  }
}
