import { didYouMean } from '../config/nearest.ts';
import type { Interval } from '../market/interval.ts';
import type { Provider } from '../providers/provider.ts';
import { Problem } from './problem.ts';

/** The provider does not know the symbol. */
export function unknownSymbol(provider: Provider, symbol: string): Problem {
  const hint = didYouMean(symbol, provider.symbols()) || '; GET /v1/symbols tells those it has';
  return new Problem('ERR_UNKNOWN_SYMBOL', `The provider "${provider.name}" has no symbol "${symbol}"${hint}`);
}

/** Throws unless the provider has bars of the symbol at the interval: a source is not asked for what it is known not to have. */
export function assertHasBars(provider: Provider, symbol: string, interval: Interval): void {
  const intervals = provider.intervals(symbol);
  if (intervals.length === 0) throw unknownSymbol(provider, symbol);
  if (!intervals.includes(interval)) {
    throw new Problem(
      'ERR_UNKNOWN_INTERVAL',
      `The provider "${provider.name}" has no ${interval} bars of ${symbol}; ask for one of ${intervals.join(', ')}`,
    );
  }
}

/** The provider failed. What it said is told in its words, for they are the cause. */
export function sourceFailed(provider: Provider, cause: unknown): Problem {
  return new Problem(
    'ERR_LOAD',
    `The provider "${provider.name}" failed: ${cause instanceof Error ? cause.message : String(cause)}; try again`,
    { cause },
  );
}
