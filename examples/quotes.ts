/**
 * Quotes through the cache: one call to the source for many symbols, none while
 * they are fresh.
 *
 *     node examples/quotes.ts
 */

import type { Quote } from '../src/doors/market.ts';
import { ReplayProvider } from '../src/doors/providers.ts';
import { createCache, kind } from '../src/index.ts';

const provider = new ReplayProvider();

// #region quotes
await using cache = createCache({
  kinds: {
    quote: kind<string, Quote>({
      lifetime: { ttl: '5s', grace: '1m' },
      order: (quote) => quote.asOf,
      tags: (symbol) => [`sym:${symbol}`],
      loadMany: (symbols, { signal }) => provider.quotes(symbols, { signal }),
    }),
  },
});

const symbols = ['AAPL', 'MSFT', 'BTC-USD', 'EURUSD', 'NONE'];
const quotes = await cache.quote.getOrLoadMany(symbols); // one call
await cache.quote.getOrLoadMany(symbols.slice(0, 4)); // no call: they are fresh
await cache.quote.getOrLoad('AAPL', { maxAge: '500ms' }); // nor here, unless it was asked for longer ago than that
// #endregion

for (const [symbol, quote] of quotes) console.log(symbol.padEnd(8), quote.price);
console.log('NONE is', quotes.has('NONE') ? 'known' : 'unknown to the provider');

const { requests, hits, loads } = cache.stats().total;
console.log(`${requests} requests, ${hits} hits, ${loads} loads`);
