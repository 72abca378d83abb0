import type { Clock } from '../time/clock.ts';
import { SECOND } from '../time/duration.ts';
import type { Entries } from './entries.ts';
import type { MarketData } from './market-data.ts';
import { Problem } from './problem.ts';
import type { WireQuote } from './wire.ts';

/** Between two reads: some thirty a second. */
const PAUSE_MS = 33;
/** Reads between two looks at the days of a symbol, and between two at the portfolio. */
const READS_PER_ANALYSIS = 60;
const READS_PER_PORTFOLIO = 300;
/** What it looks at most; the other symbols come after. */
const WATCHED = ['AAPL', 'SPY', 'BTC-USD', 'MSFT', 'ETH-USD', 'EURUSD', 'ES', 'AMZN', 'DIS', 'KO'];
/** A move of this much, up or down, is a signal. */
const SIGNAL_MOVE = 0.001;

/**
 * A small trading bot that lives off the cache, so that there is something to
 * see: it looks at quotes, at some symbols far more often than at others, as
 * people do; writes a signal when a price moves, and now and then an analysis of
 * a symbol and of its portfolio. It places no orders.
 */
export class DemoBot {
  readonly #market: MarketData;
  readonly #entries: Entries;
  readonly #clock: Clock;
  readonly #symbols: readonly string[];
  readonly #prices = new Map<string, number>();
  #reads = 0;
  #state = 0x2545f491;
  #isStopped = false;
  #running: Promise<void> = Promise.resolve();

  constructor(market: MarketData, entries: Entries, clock: Clock) {
    this.#market = market;
    this.#entries = entries;
    this.#clock = clock;
    const symbols = market.symbols().map(({ symbol }) => symbol);
    this.#symbols = [...WATCHED.filter((symbol) => symbols.includes(symbol)), ...symbols.filter((symbol) => !WATCHED.includes(symbol))];
  }

  start(): void {
    this.#running = this.#run();
  }

  /** Resolves when the last read has ended. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#running;
  }

  async #run(): Promise<void> {
    while (!this.#isStopped) {
      await this.#step().catch(() => undefined);
      await new Promise<void>((resolve) => this.#clock.after(PAUSE_MS, resolve, true));
    }
  }

  async #step(): Promise<void> {
    this.#reads += 1;
    const symbol = this.#draw();
    if (this.#reads % READS_PER_ANALYSIS === 0) await this.#analyse(symbol);
    if (this.#reads % READS_PER_PORTFOLIO === 0) await this.#value();
    const quote = (await this.#market.quotes([symbol])).get(symbol);
    if (quote && !(quote instanceof Problem)) await this.#consider(quote);
  }

  /** Looks at the signal there is, and writes another when the price has moved since. */
  async #consider({ symbol, price, asOf }: WireQuote): Promise<void> {
    const before = this.#prices.get(symbol) ?? price;
    this.#prices.set(symbol, price);
    const move = price / before - 1;
    if (move === 0) return;
    await this.#entries.get('signal', symbol).catch(() => undefined);
    if (Math.abs(move) < SIGNAL_MOVE) return;
    const signal = { side: move > 0 ? 'buy' : 'sell', strength: Math.min(1, Math.abs(move) * 100), price, asOf };
    await this.#entries.put('signal', symbol, { value: signal, tags: [`sym:${symbol}`] });
  }

  /** Writes what the days of a symbol say: its mean return and how much it varies. */
  async #analyse(symbol: string): Promise<void> {
    const { bars } = await this.#market.bars(symbol, { interval: '1d', from: undefined, to: undefined, limit: 250 });
    const returns = bars.slice(1).map((bar, at) => bar.close / (bars[at]?.close ?? bar.close) - 1);
    const mean = returns.reduce((sum, one) => sum + one, 0) / Math.max(1, returns.length);
    const variance = returns.reduce((sum, one) => sum + (one - mean) ** 2, 0) / Math.max(1, returns.length);
    await this.#entries.put('analysis', symbol, {
      value: { days: bars.length, mean, deviation: Math.sqrt(variance) },
      tags: [`sym:${symbol}`],
    });
  }

  /** Writes what ten of each of its first symbols are worth. */
  async #value(): Promise<void> {
    const quotes = await this.#market.quotes(this.#symbols.slice(0, 10));
    const positions = [...quotes.values()].flatMap((quote) =>
      quote instanceof Problem ? [] : [{ symbol: quote.symbol, units: 10, price: quote.price }],
    );
    const worth = positions.reduce((sum, { units, price }) => sum + units * price, 0);
    await this.#entries.put('portfolio', 'demo', { value: { positions, worth } });
    await this.#entries.put('performance', 'demo', {
      value: { reads: this.#reads, seconds: Math.round((this.#reads * PAUSE_MS) / SECOND) },
    });
  }

  /** A symbol by Zipf's law: the second is drawn half as often as the first, the third a third. */
  #draw(): string {
    const count = this.#symbols.length;
    const rank = Math.floor(Math.exp(this.#random() * Math.log(count + 1)));
    return this.#symbols[Math.min(rank, count) - 1] ?? 'AAPL';
  }

  /** Xorshift: a share from 0 up to 1, the same sequence in each run. */
  #random(): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) / 2 ** 32;
  }
}
