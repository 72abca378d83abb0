import type { FastifyInstance } from 'fastify';
import { ConfigError } from '../../errors.ts';
import type { Calendar } from '../../market/calendar/calendar.ts';
import { venues } from '../../market/calendar/calendar-of.ts';
import type { Calendars } from '../../market/calendar/calendars.ts';
import type { Clock } from '../../time/clock.ts';
import { rangeStart } from '../instant.ts';
import { Problem } from '../problem.ts';
import { answers, ref } from '../schemas.ts';
import type { WireVenuePhase, WireVenues } from '../wire.ts';

/** `GET /v1/venues` and `GET /v1/venues/{mic}/phase?at=` */
export function venueRoutes(app: FastifyInstance, calendars: Calendars, clock: Clock): void {
  const tags = ['market data'];
  const list = {
    summary: 'The venues whose calendars are known',
    tags,
    response: answers({ 200: { description: 'Venues', ...ref('Venues') } }),
  };
  app.get(
    '/v1/venues',
    { schema: list },
    async (): Promise<WireVenues> => ({
      venues: venues().map(({ coverage, ...venue }) => ({ ...venue, coverage: coverage ?? null })),
    }),
  );

  const schema = {
    summary: 'Where in its day a venue is, and why',
    description: 'An opening is in its session, a close is not. The next opening and the next close are of regular sessions.',
    tags,
    params: {
      type: 'object',
      properties: {
        mic: { type: 'string', minLength: 1, maxLength: 40, description: 'A MIC such as XNYS; FX or 24%2F5, CRYPTO or 24%2F7' },
      },
      required: ['mic'],
    },
    querystring: {
      type: 'object',
      properties: { at: { type: 'string', minLength: 1, description: 'ISO 8601, a date or epoch milliseconds; now when it is left out' } },
      additionalProperties: false,
    },
    response: answers({ 200: { description: 'The phase', ...ref('VenuePhase') } }),
  };
  app.get<{ Params: { mic: string }; Querystring: { at?: string } }>(
    '/v1/venues/:mic/phase',
    { schema },
    async (request): Promise<WireVenuePhase> => {
      const calendar = calendarOf(calendars, request.params.mic);
      const at = request.query.at === undefined ? clock.now() : rangeStart(request.query.at, 'at');
      return wireOf(calendar, at);
    },
  );
}

/** @throws Problem when there is no such venue. */
function calendarOf(calendars: Calendars, name: string): Calendar {
  try {
    return calendars.of(name);
  } catch (error) {
    if (error instanceof ConfigError) throw new Problem('ERR_UNKNOWN_VENUE', error.message, { cause: error });
    throw error;
  }
}

function wireOf(calendar: Calendar, at: number): WireVenuePhase {
  const { phase, reason, session, until, nextOpen, nextClose, isEarlyClose, confidence } = calendar.phaseAt(at);
  const instantOrNull = (instant: number): number | null => (Number.isFinite(instant) ? instant : null);
  return {
    mic: calendar.name,
    at,
    phase,
    reason,
    session: session ?? null,
    nextChange: instantOrNull(until),
    nextOpen: instantOrNull(nextOpen),
    nextClose: instantOrNull(nextClose),
    isEarlyClose,
    confidence,
  };
}
