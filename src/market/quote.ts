/** What one unit of an instrument costs, as a source told it. */
export interface Quote {
  readonly symbol: string;
  /** The last trade; the middle of bid and ask where a source tells no trades. */
  readonly price: number;
  readonly bid?: number;
  readonly ask?: number;
  /** Of the day so far, as are `high`, `low` and `volume`. */
  readonly open?: number;
  readonly high?: number;
  readonly low?: number;
  readonly volume?: number;
  /** The last price of the day before. */
  readonly previousClose?: number;
  readonly currency?: string;
  /** When the price was true: epoch milliseconds. Quotes are put in order by it. */
  readonly asOf: number;
  /** For a replayed quote, when the price was recorded: the start of its bar. */
  readonly recordedAt?: number;
  /** Who told it: a provider's name. */
  readonly source: string;
}
