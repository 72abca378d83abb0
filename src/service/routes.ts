import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import type { Calendars } from '../market/calendar/calendars.ts';
import type { Clock } from '../time/clock.ts';
import type { Entries } from './entries.ts';
import type { MarketData } from './market-data.ts';
import { barRoutes } from './routes/bars.ts';
import { entryRoutes } from './routes/entries.ts';
import { healthRoutes, type ServiceHealth } from './routes/health.ts';
import { type Inspected, inspectionRoutes } from './routes/inspection.ts';
import { type LiveStreams, liveRoutes } from './routes/live.ts';
import { type InspectedMemory, memoryRoutes } from './routes/memory.ts';
import { pageRoutes } from './routes/page.ts';
import { quoteRoutes } from './routes/quotes.ts';
import { statsRoutes } from './routes/stats.ts';
import { traceRoutes } from './routes/trace.ts';
import { venueRoutes } from './routes/venues.ts';
import type { TraceRecordings } from './trace-recordings.ts';
import type { WireMoment, WireStats } from './wire.ts';

/** What the routes are made of. */
export interface RouteParts {
  readonly market: MarketData;
  readonly calendars: Calendars;
  readonly entries: Entries;
  readonly inspected: Inspected;
  readonly memory: InspectedMemory;
  readonly recordings: TraceRecordings;
  readonly board: { stats(): WireStats; readonly history: readonly WireMoment[] };
  readonly streams: LiveStreams;
  readonly metrics: Registry;
  readonly health: () => ServiceHealth;
  readonly clock: Clock;
}

/** Adds every route of the service. */
export function addRoutes(app: FastifyInstance, parts: RouteParts): void {
  const { market, calendars, entries, inspected, memory, recordings, board, streams, metrics, health, clock } = parts;
  quoteRoutes(app, market, clock);
  barRoutes(app, market, clock);
  venueRoutes(app, calendars, clock);
  entryRoutes(app, entries, clock);
  inspectionRoutes(app, inspected);
  memoryRoutes(app, memory);
  traceRoutes(app, recordings);
  statsRoutes(app, board, metrics);
  liveRoutes(app, streams, board);
  healthRoutes(app, health);
  pageRoutes(app);
}
