import { type CacheOf, type CacheOptions, createCache, kind } from '../../src/index.ts';
import { FakeClock } from '../../src/testing/fake-clock.ts';

/** A quote as these tests know it: a price, and when it was true. */
export interface Quote {
  readonly price: number;
  readonly asOf: number;
}

/** What most of these tests ask: quotes that are fresh for 5 s and stand in for another minute. */
export const QUOTES = { quote: kind<string, Quote>({ lifetime: { ttl: '5s', grace: '1m' } }) };

/** A cache of quotes on a clock that stands still. */
export function quoteCache(options: Partial<CacheOptions<typeof QUOTES>> = {}): { cache: CacheOf<typeof QUOTES>; clock: FakeClock } {
  const clock = new FakeClock('2026-01-05T14:30:00Z');
  return { cache: createCache({ clock, random: () => 0.5, kinds: QUOTES, ...options }), clock };
}

/** A source of quotes that can be told to be slow or down, and counts what it was asked. */
export class Feed {
  calls = 0;
  error: Error | undefined;
  price = 100;
  readonly #clock: FakeClock;
  readonly #delayMs: number;

  constructor(clock: FakeClock, delayMs = 0) {
    this.#clock = clock;
    this.#delayMs = delayMs;
  }

  readonly load = async (): Promise<Quote> => {
    this.calls += 1;
    const quote = { price: this.price, asOf: this.#clock.now() };
    if (this.#delayMs > 0) await new Promise<void>((resolve) => this.#clock.after(this.#delayMs, resolve));
    if (this.error) throw this.error;
    return quote;
  };
}

/** A promise with its ends in the open. */
export function gate<T = void>(): { promise: Promise<T>; open: (value: T) => void; fail: (error: Error) => void } {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  return { promise, open: resolve, fail: reject };
}
