import type { FastifyInstance } from 'fastify';
import { INTERVALS, isInterval } from '../../market/interval.ts';
import { toSymbol } from '../../market/symbol.ts';
import type { Clock } from '../../time/clock.ts';
import { setFreshness } from '../freshness-headers.ts';
import { rangeEnd, rangeStart } from '../instant.ts';
import type { MarketData } from '../market-data.ts';
import { Problem } from '../problem.ts';
import { answers, ref } from '../schemas.ts';
import type { WireBars } from '../wire.ts';

const DEFAULT_LIMIT = 1_000;
const MAX_LIMIT = 20_000;

interface Query {
  readonly interval: string;
  readonly from?: string;
  readonly to?: string;
  readonly limit: number;
}

/** `GET /v1/bars/{symbol}?interval&from&to&limit` */
export function barRoutes(app: FastifyInstance, market: MarketData, clock: Clock): void {
  const schema = {
    summary: 'The bars of a symbol',
    description:
      'In order of time. Replayed bars have the dates at which they were recorded. Where there are more than "limit", the last ones are told.',
    tags: ['market data'],
    params: { type: 'object', properties: { symbol: { type: 'string', description: 'Such as AAPL' } }, required: ['symbol'] },
    querystring: {
      type: 'object',
      properties: {
        interval: { type: 'string', default: '1d', description: `One of ${INTERVALS.join(', ')}` },
        from: { type: 'string', description: 'The first instant: a date, an ISO 8601 instant, or epoch milliseconds' },
        to: { type: 'string', description: 'The end: an instant, which is not in the range, or a date, which is, to its end' },
        limit: { type: 'integer', minimum: 1, maximum: MAX_LIMIT, default: DEFAULT_LIMIT },
      },
      additionalProperties: false,
    },
    response: answers({ 200: { description: 'Bars', ...ref('Bars') } }),
  };
  app.get<{ Params: { symbol: string }; Querystring: Query }>('/v1/bars/:symbol', { schema }, async (request, reply): Promise<WireBars> => {
    const symbol = toSymbol(request.params.symbol);
    const { interval, from, to, limit } = request.query;
    if (!isInterval(interval)) throw new Problem('ERR_REQUEST', `"${interval}" is no interval; write one of ${INTERVALS.join(', ')}`);
    const start = from === undefined ? undefined : rangeStart(from, 'from');
    const end = to === undefined ? undefined : rangeEnd(to, 'to');
    if (start !== undefined && end !== undefined && start >= end)
      throw new Problem('ERR_REQUEST', 'The range ends before it begins; swap "from" and "to"');
    const bars = await market.bars(symbol, { interval, from: start, to: end, limit });
    setFreshness(reply, [bars], clock.now());
    return bars;
  });
}
