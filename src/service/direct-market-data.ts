import type { Interval } from '../market/interval.ts';
import type { Provider } from '../providers/provider.ts';
import type { Clock } from '../time/clock.ts';
import { barsKey } from './cached-market-data.ts';
import type { BarsRequest, MarketData } from './market-data.ts';
import type { Problem } from './problem.ts';
import type { ReadLog } from './read-log.ts';
import { assertHasBars, sourceFailed, unknownSymbol } from './source-problem.ts';
import type { WireBars, WireFreshness, WireQuote } from './wire.ts';

/** Market data straight from the provider, for when the cache is switched off: every read is a call. */
export class DirectMarketData implements MarketData {
  readonly #provider: Provider;
  readonly #clock: Clock;
  readonly #log: ReadLog;

  constructor(provider: Provider, clock: Clock, log: ReadLog) {
    this.#provider = provider;
    this.#clock = clock;
    this.#log = log;
  }

  symbols(): { symbol: string; intervals: readonly Interval[] }[] {
    return this.#provider.symbols().map((symbol) => ({ symbol, intervals: this.#provider.intervals(symbol) }));
  }

  async quotes(symbols: readonly string[]): Promise<Map<string, WireQuote | Problem>> {
    const askedAt = this.#clock.now();
    const asked = this.#log.timed('quote', symbols, () => this.#provider.quotes(symbols, {}));
    const quotes = await asked.catch((cause: unknown) => Promise.reject(sourceFailed(this.#provider, cause)));
    return new Map(
      symbols.map((symbol) => {
        const quote = quotes.get(symbol);
        return [symbol, quote ? { ...quote, ...this.#bypassed(askedAt) } : unknownSymbol(this.#provider, symbol)];
      }),
    );
  }

  async bars(symbol: string, request: BarsRequest): Promise<WireBars> {
    assertHasBars(this.#provider, symbol, request.interval);
    const askedAt = this.#clock.now();
    const asked = this.#log.timed('bars', [barsKey(symbol, request)], () =>
      this.#provider.bars(symbol, { ...request, limit: request.limit + 1 }),
    );
    const bars = (await asked.catch((cause: unknown) => Promise.reject(sourceFailed(this.#provider, cause)))) ?? [];
    const isTruncated = bars.length > request.limit;
    return {
      symbol,
      interval: request.interval,
      source: this.#provider.name,
      bars: isTruncated ? bars.slice(1) : bars,
      isTruncated,
      ...this.#bypassed(askedAt),
    };
  }

  #bypassed(askedAt: number): WireFreshness {
    const now = this.#clock.now();
    return { outcome: 'bypass', age: Math.max(0, now - askedAt), staleAt: now };
  }
}
