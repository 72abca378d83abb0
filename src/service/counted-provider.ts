import type { Bar } from '../market/bar.ts';
import type { Interval } from '../market/interval.ts';
import type { Quote } from '../market/quote.ts';
import type { BarsQuery, Provider, ProviderCall } from '../providers/provider.ts';

/** A provider whose calls are counted. */
export class CountedProvider implements Provider {
  readonly #inner: Provider;
  #calls = 0;
  #failedCalls = 0;

  constructor(inner: Provider) {
    this.#inner = inner;
  }

  get name(): string {
    return this.#inner.name;
  }

  /** Calls made, those that failed among them. */
  get calls(): number {
    return this.#calls;
  }

  get failedCalls(): number {
    return this.#failedCalls;
  }

  symbols(): readonly string[] {
    return this.#inner.symbols();
  }

  intervals(symbol: string): readonly Interval[] {
    return this.#inner.intervals(symbol);
  }

  quotes(symbols: readonly string[], call: ProviderCall): Promise<Map<string, Quote>> {
    return this.#counted(this.#inner.quotes(symbols, call));
  }

  bars(symbol: string, query: BarsQuery): Promise<readonly Bar[] | undefined> {
    return this.#counted(this.#inner.bars(symbol, query));
  }

  async #counted<T>(answer: Promise<T>): Promise<T> {
    this.#calls += 1;
    try {
      return await answer;
    } catch (error) {
      this.#failedCalls += 1;
      throw error;
    }
  }
}
