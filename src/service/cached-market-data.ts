import type { Loader } from '../cache/kind/loader.ts';
import type { KindCache } from '../cache/kind-cache.ts';
import type { Bar } from '../market/bar.ts';
import type { Interval } from '../market/interval.ts';
import type { Quote } from '../market/quote.ts';
import type { Provider } from '../providers/provider.ts';
import type { BarsRequest, MarketData } from './market-data.ts';
import { type Problem, toProblem } from './problem.ts';
import type { ReadLog } from './read-log.ts';
import { assertHasBars, unknownSymbol } from './source-problem.ts';
import type { WireBars, WireQuote } from './wire.ts';
import { freshnessOf } from './wire-freshness.ts';

/** Market data out of the cache, which asks the provider for what it lacks. */
export class CachedMarketData implements MarketData {
  readonly #quotes: KindCache<string, Quote>;
  readonly #bars: KindCache<string, readonly Bar[]>;
  readonly #provider: Provider;
  readonly #log: ReadLog;

  constructor(quotes: KindCache<string, Quote>, bars: KindCache<string, readonly Bar[]>, provider: Provider, log: ReadLog) {
    this.#quotes = quotes;
    this.#bars = bars;
    this.#provider = provider;
    this.#log = log;
  }

  symbols(): { symbol: string; intervals: readonly Interval[] }[] {
    return this.#provider.symbols().map((symbol) => ({ symbol, intervals: this.#provider.intervals(symbol) }));
  }

  async quotes(symbols: readonly string[]): Promise<Map<string, WireQuote | Problem>> {
    const found = await this.#log.timed('quote', symbols, () =>
      this.#quotes.entriesOrLoad(symbols, (missing, { signal }) => this.#provider.quotes(missing, { signal })),
    );
    return new Map(
      symbols.map((symbol): [string, WireQuote | Problem] => {
        const entry = found.get(symbol);
        if (entry?.value !== undefined) return [symbol, { ...entry.value, ...freshnessOf(entry) }];
        const error = found.errors.get(symbol);
        return [symbol, error ? toProblem(error) : unknownSymbol(this.#provider, symbol)];
      }),
    );
  }

  async bars(symbol: string, request: BarsRequest): Promise<WireBars> {
    assertHasBars(this.#provider, symbol, request.interval);
    const key = barsKey(symbol, request);
    const { limit } = request;
    const load: Loader<string, readonly Bar[] | undefined> = ({ signal }) =>
      this.#provider.bars(symbol, { ...request, limit: limit + 1, signal });
    const entry = await this.#log.timed('bars', [key], () => this.#bars.entryOrLoad(key, load));
    // One more was asked for than is told, to know whether there are more.
    const bars = entry.value ?? [];
    const isTruncated = bars.length > limit;
    return {
      symbol,
      interval: request.interval,
      source: this.#provider.name,
      bars: isTruncated ? bars.slice(1) : bars,
      isTruncated,
      ...freshnessOf(entry),
    };
  }
}

/** The key of bars in the cache: `AAPL:1d:2014-06-05..2014-06-10:1000`. It begins with the symbol, which holds no colon. */
export function barsKey(symbol: string, { interval, from, to, limit }: BarsRequest): string {
  return `${symbol}:${interval}:${instant(from)}..${instant(to)}:${limit}`;
}

function instant(at: number | undefined): string {
  return at === undefined ? '' : new Date(at).toISOString().replace('T00:00:00.000Z', '');
}
