import type { FastifyInstance } from 'fastify';
import { toSymbol } from '../../market/symbol.ts';
import type { Clock } from '../../time/clock.ts';
import { setFreshness } from '../freshness-headers.ts';
import type { MarketData } from '../market-data.ts';
import { Problem } from '../problem.ts';
import { answers, ref } from '../schemas.ts';
import type { WireFailure, WireQuote, WireQuotes, WireSymbols } from '../wire.ts';

/** Symbols in one request. */
const MAX_SYMBOLS = 500;

/** `GET /v1/quotes?symbols=A,B` and `GET /v1/symbols` */
export function quoteRoutes(app: FastifyInstance, market: MarketData, clock: Clock): void {
  const schema = {
    summary: 'The latest quotes of symbols',
    description: 'A symbol that has no quote stands in "errors" and fails alone; the request fails only when no symbol has one.',
    tags: ['market data'],
    querystring: {
      type: 'object',
      properties: {
        symbols: { type: 'string', minLength: 1, description: `Up to ${MAX_SYMBOLS} symbols, with commas between: AAPL,BTC-USD` },
      },
      required: ['symbols'],
      additionalProperties: false,
    },
    response: answers({ 200: { description: 'Quotes by symbol', ...ref('Quotes') } }),
  };
  app.get<{ Querystring: { symbols: string } }>('/v1/quotes', { schema }, async (request, reply): Promise<WireQuotes> => {
    const symbols = symbolsOf(request.query.symbols);
    const results = await market.quotes(symbols);
    const quotes: Record<string, WireQuote> = {};
    const errors: Record<string, WireFailure> = {};
    const problems: Problem[] = [];
    for (const [symbol, result] of results) {
      if (result instanceof Problem) {
        problems.push(result);
        errors[symbol] = { code: result.code, detail: result.message };
      } else {
        quotes[symbol] = result;
      }
    }
    const found = Object.values(quotes);
    if (found.length === 0) throw worst(problems);
    setFreshness(reply, found, clock.now());
    return { quotes, errors };
  });

  const list = {
    summary: 'The symbols that can be asked for',
    tags: ['market data'],
    response: answers({ 200: { description: 'Symbols, in order', ...ref('Symbols') } }),
  };
  app.get('/v1/symbols', { schema: list }, async (): Promise<WireSymbols> => ({ symbols: market.symbols() }));
}

function symbolsOf(text: string): string[] {
  const symbols = new Set(
    text
      .split(',')
      .filter((symbol) => symbol.trim() !== '')
      .map(toSymbol),
  );
  if (symbols.size === 0) throw new Problem('ERR_REQUEST', 'No symbol is asked for; write ?symbols=AAPL,BTC-USD');
  if (symbols.size > MAX_SYMBOLS)
    throw new Problem('ERR_REQUEST', `${symbols.size} symbols are asked for at once; ask for ${MAX_SYMBOLS} at most`);
  return [...symbols];
}

/** One problem for several: a source that failed says more than a symbol that is unknown. */
function worst(problems: readonly Problem[]): Problem {
  const [first, ...others] = [...problems].sort((a, b) => b.status - a.status);
  if (first === undefined) return new Problem('ERR_INTERNAL', 'No symbol was answered');
  return others.length === 0 ? first : new Problem(first.code, `None of the ${problems.length} symbols has a quote: ${first.message}`);
}
